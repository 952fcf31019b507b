import { In } from 'typeorm';
import { type Change, ChangeFeed, EVERYTHING } from '../database/change-feed.js';
import { Store } from '../database/store.js';
import { Log } from '../logging/log.js';
import { define, upstreamOf } from './definition.js';
import type { Upstream } from './upstream.js';
import { definitionOf, UpstreamRow } from './upstream-row.js';
import { UpstreamTable } from './upstream-table.js';

/** Keeps the table of this process in step with the database. */
export class UpstreamSync {
  readonly table = new UpstreamTable();

  private constructor(
    private readonly store: Store,
    private readonly log: Log,
  ) {}

  /** Resolves when the table is loaded. */
  static async create(store: Store, feed: ChangeFeed, log: Log): Promise<UpstreamSync> {
    const sync = new UpstreamSync(store, log.child({ room: 'upstreams' }));
    await sync.loadAll();
    feed.on('upstreams', (changes) => sync.follow(changes));
    return sync;
  }

  private async follow(changes: readonly Change[]): Promise<void> {
    if (changes.some(({ ref }) => ref === EVERYTHING)) return this.loadAll();
    const ids = [...new Set(changes.map(({ ref }) => ref))];
    this.apply(ids, await this.rows().findBy({ id: In(ids) }));
  }

  private async loadAll(): Promise<void> {
    const rows = await this.rows().find();
    this.apply([...this.table.all().map(({ id }) => id), ...rows.map(({ id }) => id)], rows);
  }

  private apply(touched: readonly string[], rows: readonly UpstreamRow[]): void {
    const put = rows.map((row) => this.read(row)).filter((upstream) => upstream !== undefined);
    const held = new Set(put.map(({ id }) => id));
    const dropped = [...new Set(touched)].filter((id) => !held.has(id) && this.table.byId(id));
    this.table.apply({ put, dropped });
  }

  /** A row that makes no sense (written by hand, or by a newer version) is left out and does not stop the rest. */
  private read(row: UpstreamRow): Upstream | undefined {
    try {
      return upstreamOf(row.id, define(definitionOf(row)));
    } catch (error) {
      this.log.error(
        { err: error, upstream: row.slug },
        'a stored upstream is not valid and cannot be called',
      );
      return undefined;
    }
  }

  private rows() {
    return this.store.manager.getRepository(UpstreamRow);
  }
}
