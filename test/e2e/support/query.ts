import { join } from 'node:path';
import Database from 'better-sqlite3';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Home } from './home.ts';

/** Asks a home's database directly, beside the gateway: for what rests there, and not in a process. */
export async function query<T>({ databaseUrl, directory }: Home, sql: string): Promise<T[]> {
  if (databaseUrl.startsWith('mysql:')) {
    const connection = await mysql.createConnection(databaseUrl);
    return connection
      .query(sql)
      .then(([rows]) => rows as T[])
      .finally(() => connection.end());
  }
  if (databaseUrl.startsWith('postgres')) {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    return client
      .query(sql)
      .then(({ rows }) => rows as T[])
      .finally(() => client.end());
  }
  const file = new Database(join(directory, databaseUrl.replace(/^sqlite:/, '')), { readonly: true });
  try {
    return file.prepare(sql).all() as T[];
  } finally {
    file.close();
  }
}
