import type { DataSourceOptions, EntitySchema } from 'typeorm';
import type { DatabaseConfig } from '../config/config.js';
import { SnakeCaseNaming } from './naming.js';

/** Milliseconds: until a connection is there, and for SQLite's file lock. */
const CONNECT_TIMEOUT = 5_000;
const BUSY_TIMEOUT = 5_000;
const POOL_SIZE = 10;
/** Of 4 KiB. */
const CHECKPOINT_PAGES = 250;

export type EntityList = readonly (EntitySchema | (new () => object))[];
export type MigrationList = readonly (new () => object)[];

type PragmaTarget = { pragma(text: string): unknown };

/** MySQL's options from the URL; `?ssl=true` verifies the server, `?ssl=no-verify` only encrypts. */
function mysqlOptions(url: URL): DataSourceOptions {
  const ssl = url.searchParams.get('ssl');
  return {
    type: 'mysql',
    host: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: 'utf8mb4_bin',
    timezone: 'Z',
    connectTimeout: CONNECT_TIMEOUT,
    poolSize: POOL_SIZE,
    ...(ssl !== null && ssl !== 'false' && { ssl: { rejectUnauthorized: ssl !== 'no-verify' } }),
  };
}

function postgresOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'keywheel',
    connectTimeoutMS: CONNECT_TIMEOUT,
    poolSize: POOL_SIZE,
    // A connection that breaks while idle is replaced by the pool; whoever needs one next says so if it cannot.
    poolErrorHandler: () => undefined,
    extra: { keepAlive: true },
  };
}

function sqliteOptions(path: string): DataSourceOptions {
  return {
    type: 'better-sqlite3',
    database: path,
    enableWAL: path !== ':memory:',
    timeout: BUSY_TIMEOUT,
    prepareDatabase: (database: PragmaTarget) => {
      // A commit that waits for the disk would hold up every call; the store waits for it instead (wal-sync.ts).
      database.pragma('synchronous = NORMAL');
      // The log is moved into the database inside a commit: often and little rather than seldom and much.
      database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    },
  };
}

function connectionOptions(database: DatabaseConfig): DataSourceOptions {
  const url = database.url?.reveal() ?? '';
  switch (database.kind) {
    case 'sqlite':
      return sqliteOptions(database.path ?? ':memory:');
    case 'mysql':
      return mysqlOptions(new URL(url));
    case 'postgres':
      return postgresOptions(url);
  }
}

/** How TypeORM reaches the database; the schema comes from migrations alone. */
export function dataSourceOptions(
  database: DatabaseConfig,
  entities: EntityList,
  migrations: MigrationList,
): DataSourceOptions {
  return Object.assign(connectionOptions(database), {
    entities: [...entities],
    migrations: [...migrations],
    migrationsTransactionMode: 'each' as const,
    namingStrategy: new SnakeCaseNaming(),
    synchronize: false,
    migrationsRun: false,
    logging: false as const,
  });
}
