import { DataSource } from 'typeorm';
import { migrations } from '#migrations';
import { parseDatabaseUrl } from '../../../src/config/database-url.js';
import { ChangeFeed } from '../../../src/database/change-feed.js';
import { dataSourceOptions } from '../../../src/database/data-source-options.js';
import { openDatabase } from '../../../src/database/open-database.js';
import { Reader } from '../../../src/database/reader.js';
import { Store } from '../../../src/database/store.js';
import { entities } from '../../../src/entities.js';
import { ManualClock } from '../../../src/kernel/clock.js';
import { RecordingLog } from '../../../src/logging/log.fixture.js';
import type { Counted } from '../../../src/stats/counted.js';
import { DeltaMerge } from '../../../src/stats/delta-merge.js';
import { Flusher } from '../../../src/stats/flusher.js';
import { StatsQueries } from '../../../src/stats/queries.js';
import { recorderAt } from '../../../src/stats/recorder.fixture.js';
import { Retention } from '../../../src/stats/retention.js';
import { Rollups } from '../../../src/stats/rollups.js';
import { SliceTable } from '../../../src/stats/slice-table.js';
import type { DatabaseUnderTest } from '../../support/servers.js';

/** A table whose acknowledgements and commits can be made to fail. */
export class UnreliableTable extends SliceTable {
  /** What happens to the next flushes, in order; then all is well. */
  readonly mishaps: ('before' | 'after')[] = [];

  override async add(flushId: string, counted: Counted): Promise<void> {
    const mishap = this.mishaps.shift();
    if (mishap === 'before') throw new Error('connection lost before the commit');
    await super.add(flushId, counted);
    if (mishap === 'after') throw new Error('connection lost after the commit');
  }
}

/** One gateway's statistics; several may share a database. */
export function instanceOn(store: Store, clock: ManualClock) {
  const { recorder } = recorderAt(clock);
  const table = new UnreliableTable(store, clock);
  const log = new RecordingLog();
  const flusher = new Flusher(recorder, table, clock, log);
  return {
    ...{ recorder, table, flusher, log },
    merging: new DeltaMerge(table, flusher),
    rollups: new Rollups(store, flusher, clock),
    retention: new Retention(store, flusher, clock),
    queries: new StatsQueries(table, flusher, clock),
  };
}

export async function statsDatabase(database: DatabaseUnderTest) {
  const { url, drop } = await database.create();
  const source: DataSource = await openDatabase(
    dataSourceOptions(parseDatabaseUrl(url)!, entities, migrations),
  );
  const reader = await Reader.beside(source);
  return {
    source,
    store: new Store(source, reader, new ChangeFeed(), new RecordingLog()),
    empty: async () => {
      await source.query('DELETE FROM stats_slices');
      await source.query('DELETE FROM stats_flushes');
      await source.query('DELETE FROM stats_deltas');
    },
    close: async () => {
      await reader.onApplicationShutdown();
      await source.destroy();
      await drop();
    },
  };
}
