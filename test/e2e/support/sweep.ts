import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { AdminClient } from './admin-client.ts';
import type { Home } from './home.ts';
import { heardErrors, leaksIn } from './secrets.ts';

/** The one place where a generated secret may rest in clear: its own file of mode 0600. */
const SECRET_FILES = /(?:admin[-_.]?token|master[-_.]?key)/;

const SHOWN = [
  '/',
  '/health',
  '/stats',
  '/stats/keys',
  '/metrics',
  '/api/admin/upstreams',
  '/api/admin/tokens',
  '/api/admin/settings',
  '/api/admin/logs/audit',
  '/api/admin/openapi.json',
];

/** Every answer that the control plane gives a person, with the keys of every upstream. */
export async function shownBy(admin: AdminClient): Promise<string> {
  const read = (path: string) => admin.get<unknown>(path).then((body) => JSON.stringify(body), String);
  const answers = await Promise.all(SHOWN.map(read));
  const { items = [] } = await admin
    .get<{ items?: { slug: string }[] }>('/api/admin/upstreams?pageSize=500')
    .catch(() => ({ items: [] }));
  const keys = await Promise.all(
    items.map(({ slug }) => read(`/api/admin/upstreams/${slug}/keys?pageSize=500`)),
  );
  return [...answers, ...keys].join('\n');
}

/** Where a secret of the tests turned up: `[]` is the only good answer. */
export async function findLeaks(home: Home, output: string, shown: string): Promise<string[]> {
  const places: [string, string][] = [
    ['log', output],
    ['an answer of the control plane', shown],
    ['an error body', heardErrors().join('\n')],
    ...(await filesOf(home.directory)),
    ...(await rowsOf(home.databaseUrl)),
  ];
  return places.flatMap(([place, text]) => leaksIn(text).map((leak) => `${leak} in ${place}`));
}

async function filesOf(directory: string): Promise<[string, string][]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !SECRET_FILES.test(entry.name));
  return Promise.all(
    files.map(async ({ parentPath, name }): Promise<[string, string]> => {
      const bytes = await readFile(join(parentPath, name)).catch(() => Buffer.alloc(0));
      return [name, bytes.toString('latin1')];
    }),
  );
}

async function rowsOf(url: string): Promise<[string, string][]> {
  if (url.startsWith('mysql:')) return mysqlRows(url);
  if (url.startsWith('postgres')) return postgresRows(url);
  return [];
}

async function mysqlRows(url: string): Promise<[string, string][]> {
  const connection = await mysql.createConnection(url);
  try {
    const [tables] = await connection.query<mysql.RowDataPacket[]>('SHOW TABLES');
    const rows: [string, string][] = [];
    for (const table of tables.map((row) => String(Object.values(row)[0]))) {
      rows.push([
        `table ${table}`,
        JSON.stringify((await connection.query(`SELECT * FROM \`${table}\``))[0]),
      ]);
    }
    return rows;
  } finally {
    await connection.end();
  }
}

async function postgresRows(url: string): Promise<[string, string][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    );
    const rows: [string, string][] = [];
    for (const { tablename } of tables)
      rows.push([
        `table ${tablename}`,
        JSON.stringify((await client.query(`SELECT * FROM "${tablename}"`)).rows),
      ]);
    return rows;
  } finally {
    await client.end();
  }
}
