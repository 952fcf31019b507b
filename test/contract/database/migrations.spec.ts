import { DataSource } from 'typeorm';
import { afterAll, describe, expect, it } from 'vitest';
import { migrations } from '#migrations';
import { parseDatabaseUrl } from '../../../src/config/database-url.js';
import { dataSourceOptions } from '../../../src/database/data-source-options.js';
import { migrate } from '../../../src/database/migrate.js';
import { openDatabase } from '../../../src/database/open-database.js';
import { entities } from '../../../src/entities.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { pendingChanges, schemaOf, tableNames, type TableShape } from './schema.js';

function optionsFor(url: string) {
  const database = parseDatabaseUrl(url);
  if (!database) throw new Error(`not a database URL: ${url}`);
  return dataSourceOptions(database, entities, migrations);
}

const databases = await databasesUnderTest();
const shapes = new Map<string, Record<string, TableShape>>();

describe.each(databases)('the migrations on $name', ({ name, create }) => {
  const created: TestDatabase[] = [];
  const sources: DataSource[] = [];

  async function fresh(): Promise<string> {
    const database = await create();
    created.push(database);
    return database.url;
  }

  async function migrated(url: string): Promise<DataSource> {
    const source = await openDatabase(optionsFor(url));
    sources.push(source);
    return source;
  }

  afterAll(async () => {
    for (const source of sources) if (source.isInitialized) await source.destroy();
    for (const database of created) await database.drop();
  });

  it('make the schema that the entities need, and a second run changes nothing', async () => {
    const source = await migrated(await fresh());
    shapes.set(name, await schemaOf(source));
    expect(await source.runMigrations()).toEqual([]);
    expect(await pendingChanges(source)).toEqual([]);
  });

  it('start the configuration at version 0', async () => {
    const source = await migrated(await fresh());
    const rows: { id: number; version: unknown }[] = await source.query('SELECT * FROM config_version');
    expect(rows.map((row) => [row.id, Number(row.version)])).toEqual([[1, 0]]);
  });

  it('tell apart names that differ in case only', async () => {
    const source = await migrated(await fresh());
    for (const setting of ['locale', 'Locale']) {
      await source.query(`INSERT INTO settings (name, value, updated_at) VALUES ('${setting}', '1', 1)`);
    }
    const rows: unknown[] = await source.query("SELECT * FROM settings WHERE name = 'Locale'");
    expect(rows).toHaveLength(1);
  });

  it('go down to an empty database and up again', async () => {
    const source = await migrated(await fresh());
    for (let i = 0; i < migrations.length; i++) await source.undoLastMigration();
    expect(await tableNames(source)).toEqual([]);
    await migrate(source);
    expect(await schemaOf(source)).toEqual(shapes.get(name));
  });

  it('run once when two starters come at once', async () => {
    const url = await fresh();
    // SQLite's file belongs to one process, so there the second starter comes when the first is done.
    const starters =
      name === 'sqlite'
        ? [await migrated(url), await migrated(url)]
        : await Promise.all([migrated(url), migrated(url)]);
    const rows: unknown[] = await starters[0]!.query('SELECT * FROM migrations');
    expect(rows).toHaveLength(migrations.length);
    expect(await schemaOf(starters[1]!)).toEqual(shapes.get(name));
  });
});

describe('the schemas', () => {
  it.each(databases.map((database) => database.name))('%s means the same as SQLite', (name) => {
    expect(shapes.get(name)).toEqual(shapes.get('sqlite'));
  });
});
