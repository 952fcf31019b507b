import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';

export interface TestDatabase {
  /** For `DATABASE_URL`. */
  readonly url: string;
  readonly drop: () => Promise<void>;
}

export interface DatabaseUnderTest {
  readonly name: 'sqlite' | 'mysql' | 'postgres';
  /** A new, empty database of this test's own. */
  readonly create: () => Promise<TestDatabase>;
}

export const TEST_MYSQL_URL = process.env.TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/test';
export const TEST_POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test';
export const TEST_REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379/15';

/** Whether something listens where the URL points. */
export async function answers(url: string, defaultPort: number): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = createConnection({ host: hostname, port: Number(port) || defaultPort, timeout: 2_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** Whether a suite that needs this server runs: skipped with a message where it is out, a failure in CI. */
export async function serverFor(what: string, url: string, defaultPort: number): Promise<boolean> {
  if (await answers(url, defaultPort)) return true;
  const { host } = new URL(url);
  if (process.env.CI === 'true') throw new Error(`${what} does not answer at ${host}`);
  console.warn(`skipped: ${what} does not answer at ${host}`);
  return false;
}

const newName = () => `keywheel_test_${randomBytes(6).toString('hex')}`;

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

async function sqlite(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'keywheel-test-'));
  return {
    url: `sqlite:${join(directory, 'keywheel.db')}`,
    drop: () => rm(directory, { recursive: true, force: true }),
  };
}

async function onMysql(statement: string): Promise<void> {
  const connection = await mysql.createConnection(TEST_MYSQL_URL);
  await connection.query(statement).finally(() => connection.end());
}

async function mysqlDatabase(): Promise<TestDatabase> {
  const name = newName();
  await onMysql(`CREATE DATABASE ${name}`);
  return { url: withDatabase(TEST_MYSQL_URL, name), drop: () => onMysql(`DROP DATABASE ${name}`) };
}

async function onPostgres(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: TEST_POSTGRES_URL });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function postgresDatabase(): Promise<TestDatabase> {
  const name = newName();
  await onPostgres(`CREATE DATABASE ${name}`);
  return {
    url: withDatabase(TEST_POSTGRES_URL, name),
    drop: () => onPostgres(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** The databases that answer here; SQLite always does. */
export async function databasesUnderTest(): Promise<DatabaseUnderTest[]> {
  const databases: DatabaseUnderTest[] = [{ name: 'sqlite', create: sqlite }];
  if (await serverFor('MySQL', TEST_MYSQL_URL, 3306))
    databases.push({ name: 'mysql', create: mysqlDatabase });
  if (await serverFor('PostgreSQL', TEST_POSTGRES_URL, 5432)) {
    databases.push({ name: 'postgres', create: postgresDatabase });
  }
  return databases;
}
