import type { DataSource, QueryRunner } from 'typeorm';

/** Seconds that a starter waits for another one's migrations. */
const LOCK_WAIT_SECONDS = 120;
/** Any number that means Keywheel's migrations among PostgreSQL's advisory locks. */
const POSTGRES_LOCK = 5_393_947_213;

async function lockMysql(runner: QueryRunner): Promise<() => Promise<unknown>> {
  // MySQL's named locks are the server's, so the database is part of the name (at most 64 characters).
  const name = "CONCAT('keywheel:', MD5(DATABASE()))";
  const rows = (await runner.query(`SELECT GET_LOCK(${name}, ${LOCK_WAIT_SECONDS}) AS held`)) as {
    held: unknown;
  }[];
  if (Number(rows[0]?.held) !== 1) throw new Error('another instance holds the lock of the migrations');
  return () => runner.query(`SELECT RELEASE_LOCK(${name})`);
}

async function lockPostgres(runner: QueryRunner): Promise<() => Promise<unknown>> {
  await runner.query(`SET lock_timeout = '${LOCK_WAIT_SECONDS}s'`);
  await runner.query(`SELECT pg_advisory_lock(${POSTGRES_LOCK})`);
  await runner.query('RESET lock_timeout');
  return () => runner.query(`SELECT pg_advisory_unlock(${POSTGRES_LOCK})`);
}

async function lock(source: DataSource, runner: QueryRunner): Promise<() => Promise<unknown>> {
  switch (source.options.type) {
    case 'mysql':
      return lockMysql(runner);
    case 'postgres':
      return lockPostgres(runner);
    default:
      // One process owns a SQLite file.
      return () => Promise.resolve();
  }
}

/**
 * Applies the pending migrations. Several starters at once: one applies, the others wait for it and find
 * nothing to do; the lock is its connection's, so it ends with a starter that dies.
 */
export async function migrate(source: DataSource): Promise<void> {
  if (source.options.type === 'better-sqlite3') {
    await source.runMigrations();
    return;
  }
  const runner = source.createQueryRunner();
  await runner.connect();
  try {
    const unlock = await lock(source, runner);
    try {
      await source.runMigrations();
    } finally {
      await unlock();
    }
  } finally {
    await runner.release();
  }
}
