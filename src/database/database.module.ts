import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '#migrations';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { ChangeFeed } from './change-feed.js';
import { ChangePoller } from './change-poller.js';
import { dataSourceOptions, type EntityList } from './data-source-options.js';
import { openDatabase } from './open-database.js';
import { Reader } from './reader.js';
import { Store } from './store.js';
import { Colleagues, NoColleagues } from '../workers/colleagues.js';

function connection(entities: EntityList): DynamicModule {
  return TypeOrmModule.forRootAsync({
    inject: [Config],
    // openDatabase itself waits for a database that starts beside us; Nest's retries would repeat migrations.
    useFactory: (config: Config) => ({
      ...dataSourceOptions(config.database, entities, migrations),
      toRetry: () => false,
    }),
    dataSourceFactory: (options) => openDatabase(options as DataSourceOptions),
  });
}

/** The database, migrated before any room is built. */
@Global()
@Module({})
export class DatabaseModule {
  static register({ entities }: { entities: EntityList }): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [connection(entities)],
      providers: [
        ChangeFeed,
        Store,
        { provide: Reader, inject: [DataSource], useFactory: (source: DataSource) => Reader.beside(source) },
        {
          provide: ChangePoller,
          inject: [Store, ChangeFeed, Log, { token: Colleagues, optional: true }],
          useFactory: (store: Store, feed: ChangeFeed, log: Log, colleagues?: Colleagues) =>
            ChangePoller.create(store, feed, log, colleagues ?? new NoColleagues()),
        },
      ],
      exports: [ChangeFeed, Store],
    };
  }
}
