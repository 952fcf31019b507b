import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '#migrations';
import { BootFault } from '../../../src/config/boot-fault.js';
import { parseDatabaseUrl } from '../../../src/config/database-url.js';
import { dataSourceOptions } from '../../../src/database/data-source-options.js';
import { openDatabase } from '../../../src/database/open-database.js';
import { entities } from '../../../src/entities.js';
import { databasesUnderTest } from '../../support/servers.js';

const open = (url: string) => {
  const database = parseDatabaseUrl(url);
  if (!database) throw new Error(`not a database URL: ${url}`);
  return openDatabase(dataSourceOptions(database, entities, migrations));
};

describe('opening a SQLite database', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'keywheel-open-'));
  });

  afterAll(() => rm(directory, { recursive: true }));

  it('makes directory and files for this user alone, and commits to the log', async () => {
    const path = join(directory, 'new/keywheel.db');
    const source = await open(`sqlite:${path}`);
    const pragma = (name: string) => source.query(`PRAGMA ${name}`);
    expect(await pragma('journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    // NORMAL: that a commit is on the disk, too, is the store's to see to.
    expect(await pragma('synchronous')).toEqual([{ synchronous: 1 }]);
    expect(await pragma('foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    expect(await pragma('busy_timeout')).toEqual([{ timeout: 0 }]);
    expect((await stat(join(directory, 'new'))).mode & 0o777).toBe(0o700);
    for (const file of [path, `${path}-wal`]) expect((await stat(file)).mode & 0o777).toBe(0o600);
    await source.destroy();
  });

  it('says in plain words what is wrong with a file that is none', async () => {
    const path = join(directory, 'text.db');
    await writeFile(path, 'this is not a database, but long enough to look at its head'.repeat(20));
    const opening = open(`sqlite:${path}`);
    await expect(opening).rejects.toThrow(BootFault);
    await expect(opening).rejects.toThrow(/DATABASE_URL: .*not a database/);
  });
});

const servers = (await databasesUnderTest()).filter(({ name }) => name !== 'sqlite');

describe.each(servers)('opening a $name database', ({ create }) => {
  it('says in plain words that it does not exist, without the password', async () => {
    const database = await create();
    await database.drop();
    const url = new URL(database.url);
    if (url.password === '') url.password = 'hunter2';
    const opening = open(url.href).catch((error: unknown) => error);
    expect(await opening).toBeInstanceOf(BootFault);
    expect(String(await opening)).toContain('DATABASE_URL');
    expect(String(await opening)).not.toContain('hunter2');
  });

  it('waits for a server that is not there yet', async () => {
    const database = await create();
    const there = new URL(database.url);
    const reserved = createServer();
    await new Promise<void>((resolve) => reserved.listen(0, '127.0.0.1', resolve));
    const address = reserved.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    await new Promise((resolve) => reserved.close(resolve));

    const late = new URL(database.url);
    late.port = String(address.port);
    const opening = open(late.href);
    const tunnel = createServer((socket) => {
      const onward = connect(
        Number(there.port) || (there.protocol === 'mysql:' ? 3306 : 5432),
        there.hostname,
      );
      socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
    await new Promise<void>((resolve) => tunnel.listen(address.port, '127.0.0.1', resolve));
    const source = await opening;
    expect(source.isInitialized).toBe(true);
    await source.destroy();
    tunnel.close();
    await database.drop();
  });
});
