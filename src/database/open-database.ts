import { Logger } from '@nestjs/common';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { BootFault } from '../config/boot-fault.js';
import { migrate } from './migrate.js';

const logger = new Logger('Database');

/** A database that starts beside us gets this long to answer. */
const ATTEMPTS = 15;
const ATTEMPT_PAUSE_MS = 1_000;

/** What a server says while it is still starting, or before its port is open. */
const NOT_YET: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  '57P03',
]);

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return message === '' ? codeOf(error) || 'no reason given' : message;
}

/** Makes the file before SQLite does, so that it and its journals are for this user alone. */
async function prepareFile(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await (await open(path, 'a', 0o600)).close();
}

async function connect(options: DataSourceOptions): Promise<DataSource> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await new DataSource(options).initialize();
    } catch (error) {
      if (attempt >= ATTEMPTS || !NOT_YET.has(codeOf(error))) throw error;
      if (attempt === 1) logger.warn(`the database does not answer yet (${codeOf(error)}), trying again`);
      await wait(ATTEMPT_PAUSE_MS);
    }
  }
}

/**
 * Connects and applies the pending migrations.
 * @throws BootFault where the database cannot be used as it is configured
 */
export async function openDatabase(options: DataSourceOptions): Promise<DataSource> {
  let source: DataSource | undefined;
  try {
    if (options.type === 'better-sqlite3' && options.database !== ':memory:')
      await prepareFile(options.database);
    source = await connect(options);
    await migrate(source);
    // From now on the store waits for other processes' locks, without holding up the event loop (store.ts).
    if (options.type === 'better-sqlite3') await source.query('PRAGMA busy_timeout = 0');
    return source;
  } catch (error) {
    await source?.destroy();
    const fault = source === undefined ? 'cannot be reached' : 'cannot be brought to the current schema';
    throw new BootFault([`DATABASE_URL: the ${options.type} database ${fault}: ${reasonOf(error)}`]);
  }
}
