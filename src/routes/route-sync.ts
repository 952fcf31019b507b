import { ChangeFeed } from '../database/change-feed.js';
import { Store } from '../database/store.js';
import { RouteRow, routeOf } from './route-row.js';
import { RouteTable } from './route-table.js';

/** Keeps the table of this process in step with the database. Routes are few and small: they are read whole. */
export class RouteSync {
  readonly table = new RouteTable();

  private constructor(private readonly store: Store) {}

  /** Resolves when the table is loaded. */
  static async create(store: Store, feed: ChangeFeed): Promise<RouteSync> {
    const sync = new RouteSync(store);
    await sync.load();
    feed.on('routes', () => sync.load());
    return sync;
  }

  private async load(): Promise<void> {
    const rows = await this.store.manager.getRepository(RouteRow).find({ order: { model: 'ASC' } });
    this.table.replace(rows.map(routeOf));
  }
}
