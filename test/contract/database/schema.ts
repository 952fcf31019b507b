import { DataSource, type DataSourceOptions } from 'typeorm';

interface ColumnShape {
  type: string;
  length: string;
  nullable: boolean;
  primary: boolean;
  default: string;
}

export interface TableShape {
  columns: Record<string, ColumnShape>;
  indices: Record<string, { columns: string[]; unique: boolean }>;
}

/** Each database's word for the same kind of column. */
const MEANING: Record<string, string> = {
  int: 'integer',
  integer: 'integer',
  bigint: 'bigint',
  varchar: 'string',
  'character varying': 'string',
  text: 'text',
  double: 'double',
  'double precision': 'double',
  tinyint: 'flag',
  boolean: 'flag',
};

/** What the database itself says of its tables, in words that can be compared between databases. */
export async function schemaOf(source: DataSource): Promise<Record<string, TableShape>> {
  const runner = source.createQueryRunner();
  const names = await tableNames(source);
  const tables = await runner.getTables(names);
  const shapes = tables.map((table): [string, TableShape] => [
    table.name.split('.').at(-1) ?? '',
    {
      columns: Object.fromEntries(
        table.columns
          .toSorted((a, b) => a.name.localeCompare(b.name))
          .map((column) => [
            column.name,
            {
              type: MEANING[column.type] ?? column.type,
              length: column.length,
              nullable: column.isNullable,
              primary: column.isPrimary,
              // MariaDB says NULL where the others say nothing.
              default: String(column.default ?? '')
                .replaceAll(/['()]/g, '')
                .replace(/^NULL$/, ''),
            },
          ]),
      ),
      indices: Object.fromEntries(
        table.indices
          .toSorted((a, b) => String(a.name).localeCompare(String(b.name)))
          .map((index) => [String(index.name), { columns: index.columnNames, unique: index.isUnique }]),
      ),
    },
  ]);
  await runner.release();
  return Object.fromEntries(shapes.toSorted(([a], [b]) => a.localeCompare(b)));
}

const LIST_TABLES: Record<string, string> = {
  'better-sqlite3': "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
  mysql: 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  postgres: "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
};

/** All tables but TypeORM's own list of migrations. */
export async function tableNames(source: DataSource): Promise<string[]> {
  const rows: { name: string }[] = await source.query(LIST_TABLES[source.options.type] ?? '');
  return rows.map((row) => row.name).filter((name) => name !== 'migrations');
}

/** What TypeORM would change to make the database match the entities; empty when it does. */
export async function pendingChanges(source: DataSource): Promise<string[]> {
  const [row]: { version: string }[] =
    source.options.type === 'mysql' ? await source.query('SELECT VERSION() AS version') : [];
  // TypeORM reads MariaDB's defaults rightly only when it is told that it is MariaDB.
  const mariadb = row !== undefined && row.version.includes('MariaDB');
  const options = mariadb ? ({ ...source.options, type: 'mariadb' } as DataSourceOptions) : source.options;
  const inspector = await new DataSource(options).initialize();
  try {
    const changes = await inspector.driver.createSchemaBuilder().log();
    // The migrations are the truth about indices: an entity need not repeat them.
    return changes.upQueries.map((query) => query.query).filter((query) => !query.startsWith('DROP INDEX'));
  } finally {
    await inspector.destroy();
  }
}
