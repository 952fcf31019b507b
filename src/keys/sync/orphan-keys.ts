import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { type Change, ChangeFeed, EVERYTHING } from '../../database/change-feed.js';
import { Store } from '../../database/store.js';
import { Log } from '../../logging/log.js';
import { KeyRemoval } from '../key-removal.js';
import { KeyIntake } from './key-intake.js';

/**
 * Keys whose upstream was deleted: out of the pools at once, then deleted themselves. What an interrupted
 * process left behind goes at the next start.
 */
@Injectable()
export class OrphanKeys implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly store: Store,
    private readonly changes: ChangeFeed,
    private readonly intake: KeyIntake,
    private readonly removal: KeyRemoval,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.changes.on('upstreams', (changes) => this.follow(changes));
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const upstreamId of await this.orphaned()) await this.removal.removeAll(upstreamId);
  }

  private async follow(changes: readonly Change[]): Promise<void> {
    const refs = new Set(changes.map(({ ref }) => ref));
    for (const upstreamId of refs.has(EVERYTHING) ? await this.orphaned() : refs) {
      if (await this.exists(upstreamId)) continue;
      await this.intake.dropUpstream(upstreamId);
      // Not awaited: a handler of the feed that writes would wait for itself.
      this.removal.removeAll(upstreamId).catch((error: unknown) => {
        this.log.warn({ err: error }, 'keys of a deleted upstream go at the next start');
      });
    }
  }

  private async exists(upstreamId: string): Promise<boolean> {
    const row: unknown = await this.store.manager
      .createQueryBuilder()
      .select('u.id', 'id')
      .from('upstreams', 'u')
      .where('u.id = :upstreamId', { upstreamId })
      .getRawOne();
    return row !== undefined;
  }

  private async orphaned(): Promise<string[]> {
    const rows = await this.store.manager
      .createQueryBuilder()
      .select('DISTINCT k.upstream_id', 'id')
      .from('api_keys', 'k')
      .where('k.upstream_id NOT IN (SELECT id FROM upstreams)')
      .getRawMany<{ id: string }>();
    return rows.map(({ id }) => id);
  }
}
