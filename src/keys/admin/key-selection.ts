import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Store } from '../../database/store.js';
import { KeywheelError } from '../../kernel/errors.js';
import { UpstreamLookup } from '../ports.js';
import { KeyRow } from '../rows/key-row.js';
import type { KeyActionFilter, KeyActionRequest } from './key-action.dto.js';
import { type FoundKey, KeyFinder } from './key-finder.js';
import { LiveKeys } from '../live/live-keys.js';

/** Keys of one upstream that an action is for. */
export interface Selection {
  readonly upstreamId: string;
  readonly keys: readonly FoundKey[];
}

const CHUNK = 500;

/** Finds the keys that an action is for, by their ids or by a filter. */
@Injectable()
export class KeySelection {
  constructor(
    private readonly store: Store,
    private readonly upstreams: UpstreamLookup,
    private readonly finder: KeyFinder,
    private readonly live: LiveKeys,
  ) {}

  /** Throws KeywheelError validation_failed unless there are either ids or a filter that says something. */
  async of({ ids, filter }: Pick<KeyActionRequest, 'ids' | 'filter'>): Promise<Selection[]> {
    const says =
      filter !== undefined && Object.values(filter).some((value) => value !== undefined && value !== '');
    if (ids !== undefined && filter === undefined) return this.byIds([...new Set(ids)]);
    if (ids === undefined && says) return this.byFilter(filter);
    throw new KeywheelError(
      'validation_failed',
      'Name the keys either by ids or by a filter with at least one field.',
      {
        param: 'ids',
      },
    );
  }

  private async byFilter({ upstream, ...filter }: KeyActionFilter): Promise<Selection[]> {
    const selections: Selection[] = [];
    for (const upstreamId of await this.upstreamIds(upstream)) {
      const keys = await this.finder.find(upstreamId, filter);
      if (keys.length > 0) selections.push({ upstreamId, keys });
    }
    return selections;
  }

  private async upstreamIds(slug: string | undefined): Promise<string[]> {
    if (slug !== undefined) {
      const id = this.upstreams.idOf(slug);
      if (id === undefined)
        throw new KeywheelError('unknown_upstream', 'There is no upstream with this slug.');
      return [id];
    }
    const rows = await this.store.manager
      .getRepository(KeyRow)
      .createQueryBuilder('k')
      .select('DISTINCT k.upstream_id', 'id')
      .getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }

  private async byIds(ids: readonly string[]): Promise<Selection[]> {
    const rows: Pick<KeyRow, 'id' | 'upstreamId' | 'status' | 'reason' | 'until'>[] = [];
    for (let at = 0; at < ids.length; at += CHUNK) {
      const where = { id: In(ids.slice(at, at + CHUNK)) };
      const select = { id: true, upstreamId: true, status: true, reason: true, until: true };
      rows.push(...(await this.store.manager.find(KeyRow, { where, select })));
    }
    const selections: Selection[] = [];
    for (const [upstreamId, group] of Map.groupBy(rows, (row) => row.upstreamId)) {
      const live = await this.live.of(upstreamId, group);
      const keys = group.flatMap(({ id }, index) => (live[index] ? [{ id, live: live[index].status }] : []));
      selections.push({ upstreamId, keys });
    }
    return selections;
  }
}
