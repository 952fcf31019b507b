import { Injectable } from '@nestjs/common';
import { Store } from '../../database/store.js';
import { KeyRow, type StoredStatus } from '../rows/key-row.js';
import { KeyVault } from '../secrets/key-vault.js';
import { type KeyFilter, narrow } from './key-filter.js';
import { LiveKeys } from '../live/live-keys.js';
import type { LiveStatus } from '../live/live-status.js';

interface FoundRow {
  readonly id: string;
  readonly status: StoredStatus;
  readonly reason: string | null;
  /** Drivers give a string for a bigint. */
  readonly until: number | string | null;
}

export interface FoundKey {
  readonly id: string;
  readonly live: LiveStatus;
}

/** Finds keys of an upstream by what the database and the pool know of them. */
@Injectable()
export class KeyFinder {
  constructor(
    private readonly store: Store,
    private readonly vault: KeyVault,
    private readonly live: LiveKeys,
  ) {}

  /** All that match, in the order in which they were added. */
  async find(upstreamId: string, filter: KeyFilter): Promise<FoundKey[]> {
    const rows = await this.inOrder(upstreamId, filter)
      .addSelect('k.status', 'status')
      .addSelect('k.reason', 'reason')
      .addSelect('k.until', 'until')
      .getRawMany<FoundRow>();
    const stored = rows.map((row) => ({ ...row, until: row.until === null ? null : Number(row.until) }));
    const live = await this.live.of(upstreamId, stored);
    const found = live.map(({ status }, index) => ({ id: stored[index]?.id ?? '', live: status }));
    return filter.status === undefined ? found : found.filter(({ live }) => live.status === filter.status);
  }

  /** Ids of one page, and how many match in all. Without a status the database does the paging. */
  async page(upstreamId: string, filter: KeyFilter, skip: number, take: number): Promise<[string[], number]> {
    if (filter.status !== undefined) {
      const found = await this.find(upstreamId, filter);
      return [found.slice(skip, skip + take).map(({ id }) => id), found.length];
    }
    const query = this.inOrder(upstreamId, filter);
    const total = await query.clone().getCount();
    const rows = await query.offset(skip).limit(take).getRawMany<{ id: string }>();
    return [rows.map(({ id }) => id), total];
  }

  private inOrder(upstreamId: string, filter: KeyFilter) {
    const query = this.store.manager
      .getRepository(KeyRow)
      .createQueryBuilder('k')
      .select('k.id', 'id')
      .where('k.upstreamId = :upstreamId', { upstreamId })
      .orderBy('k.createdAt')
      .addOrderBy('k.id');
    return narrow(query, filter, (key) => this.vault.fingerprint(key));
  }
}
