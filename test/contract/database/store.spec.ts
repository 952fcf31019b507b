import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Change, ChangeFeed } from '../../../src/database/change-feed.js';
import { currentVersion } from '../../../src/database/change-log.js';
import { ChangeRow } from '../../../src/database/change-row.js';
import { Store } from '../../../src/database/store.js';
import { WalSync } from '../../../src/database/wal-sync.js';
import { isUniqueViolation } from '../../../src/database/unique-violation.js';
import { SettingRow } from '../../../src/settings/setting-row.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { openRooms, type Rooms } from './open-rooms.js';

const databases = await databasesUnderTest();

describe.each(databases)('the store on $name', ({ name, create }) => {
  let database: TestDatabase;
  let rooms: Rooms;
  let store: Store;
  let feed: ChangeFeed;

  beforeAll(async () => {
    database = await create();
    rooms = await openRooms(database.url);
    store = rooms.get(Store);
    feed = rooms.get(ChangeFeed);
  });

  afterAll(async () => {
    await rooms.close();
    await database.drop();
  });

  const row = (key: string, value = 1) => ({ name: key, value, updatedAt: 1 });
  const stored = (key: string) => store.manager.findOneBy(SettingRow, { name: key });

  it('keeps what a write did, and brings numbers and JSON back as they were', async () => {
    const updatedAt = Number.MAX_SAFE_INTEGER;
    await store.write((tx) => tx.insert(SettingRow, { name: 'kept', value: { ü: [1, '😀'] }, updatedAt }));
    expect(await stored('kept')).toEqual({ name: 'kept', value: { ü: [1, '😀'] }, updatedAt });
  });

  it('refuses a number that a database could not keep', async () => {
    const inexact = { ...row('inexact'), updatedAt: 2 ** 53 };
    await expect(store.write((tx) => tx.insert(SettingRow, inexact))).rejects.toThrow('2^53');
  });

  it('takes everything back when the work fails', async () => {
    const before = await currentVersion(store.manager);
    const failing = store.write(async (tx, note) => {
      await tx.insert(SettingRow, row('undone'));
      note({ kind: 'tokens', ref: 'undone' });
      throw new Error('after the insert');
    });
    await expect(failing).rejects.toThrow('after the insert');
    expect(await stored('undone')).toBeNull();
    expect(await currentVersion(store.manager)).toBe(before);
  });

  it('shows no reader what is not committed', async () => {
    await store.write(async (tx) => {
      await tx.insert(SettingRow, row('uncommitted'));
      expect(await stored('uncommitted')).toBeNull();
    });
    expect(await stored('uncommitted')).not.toBeNull();
  });

  it('answers for what is on the disk only', async () => {
    const settled = vi.spyOn(WalSync.prototype, 'settled');
    await store.write((tx) => tx.insert(SettingRow, row('durable')));
    expect(settled).toHaveBeenCalledTimes(name === 'sqlite' ? 1 : 0);
    if (name === 'sqlite') {
      settled.mockRejectedValueOnce(new Error('EIO'));
      await expect(store.write((tx) => tx.insert(SettingRow, row('lost')))).rejects.toThrow('EIO');
    }
    settled.mockRestore();
  });

  it('knows a unique violation from other failures', async () => {
    await store.write((tx) => tx.insert(SettingRow, row('twice')));
    const again = store.write((tx) => tx.insert(SettingRow, row('twice')));
    await expect(again).rejects.toSatisfy(isUniqueViolation);
    const broken = store.write((tx) => tx.query('SELECT * FROM no_such_table'));
    await expect(broken).rejects.not.toSatisfy(isUniqueViolation);
  });

  it('keeps writes that come at once apart', async () => {
    const before = await currentVersion(store.manager);
    const names = Array.from({ length: 20 }, (_, i) => `parallel-${i}`);
    const writes = names.map((key, i) =>
      store.write(async (tx, note) => {
        await tx.insert(SettingRow, row(key));
        note({ kind: 'tokens', ref: key });
        if (i % 2 === 1) throw new Error('odd');
      }),
    );
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(10);
    const kept = await Promise.all(names.map(stored));
    expect(kept.map((found) => found !== null)).toEqual(names.map((_, i) => i % 2 === 0));
    expect(await currentVersion(store.manager)).toBe(before + 10);
  });

  it('applies a change before the write returns, with one call for all ids', async () => {
    const seen: Change[][] = [];
    feed.on('upstreams', async (changes) => void seen.push([...changes]));
    await store.write(async (tx, note) => {
      note({ kind: 'upstreams', ref: 'u', ids: ['a'] });
      note({ kind: 'upstreams', ref: 'u', ids: ['b', 'a'] });
    });
    expect(seen).toEqual([[{ kind: 'upstreams', ref: 'u', ids: ['a', 'b'] }]]);
  });

  // On SQLite two transactions never run at once.
  if (name === 'sqlite') {
    it('waits for another process that writes, without holding up the event loop', async () => {
      const other = new Sqlite(database.url.slice('sqlite:'.length));
      other.exec('BEGIN IMMEDIATE');
      let turns = 0;
      const ticking = setInterval(() => (turns += 1), 5);
      let isDone = false;
      const writing = store.write((tx) => tx.insert(SettingRow, row('patient'))).then(() => (isDone = true));
      await vi.waitFor(() => expect(turns).toBeGreaterThan(20));
      expect(isDone).toBe(false);
      other.exec('COMMIT');
      await writing;
      clearInterval(ticking);
      other.close();
      expect(await stored('patient')).toMatchObject({ value: 1 });
    });
  }

  if (name !== 'sqlite') {
    it('repeats a transaction that collided with another', async () => {
      await store.write((tx) => tx.insert(SettingRow, [row('one'), row('two')]));
      let waiting = 0;
      const bothHoldOne = Promise.withResolvers<void>();
      const swap = (first: string, second: string) =>
        store.write(async (tx) => {
          await tx.update(SettingRow, { name: first }, { updatedAt: 2 });
          if (++waiting === 2) bothHoldOne.resolve();
          await bothHoldOne.promise;
          await tx.update(SettingRow, { name: second }, { updatedAt: 3 });
        });
      await Promise.all([swap('one', 'two'), swap('two', 'one')]);
      expect(waiting).toBeGreaterThan(2);
    });
  }

  it('tells another instance, which reloads all of a ref where the ids are too many', async () => {
    const other = await openRooms(database.url);
    try {
      const seen: Change[] = [];
      other.get(ChangeFeed).on('keys', async (changes) => void seen.push(...changes));
      const many = Array.from({ length: 501 }, (_, i) => String(i));
      await store.write(async (tx, note) => {
        note({ kind: 'keys', ref: 'few', ids: ['x'] });
        note({ kind: 'keys', ref: 'many', ids: many });
      });
      await vi.waitFor(() => expect(seen).toHaveLength(2), { timeout: 5_000 });
      expect(seen).toEqual([
        { kind: 'keys', ref: 'few', ids: ['x'] },
        { kind: 'keys', ref: 'many' },
      ]);
      expect(other.get(ChangeFeed).lastOk).toBeGreaterThan(0);
    } finally {
      await other.close();
    }
  });

  it('does not lose a change whose handler fails at first', async () => {
    let calls = 0;
    feed.on('tokens', async () => {
      if (++calls === 1) throw new Error('not yet');
    });
    await store.write(async (tx, note) => note({ kind: 'tokens', ref: 't' }));
    await vi.waitFor(() => expect(calls).toBe(2), { timeout: 5_000 });
  });

  it('makes instances reload everything when the log no longer reaches back to what they know', async () => {
    const other = await openRooms(database.url);
    try {
      const seen: Change[] = [];
      other.get(ChangeFeed).on('keys', async (changes) => void seen.push(...changes));
      await store.write(async (tx, note) => {
        note({ kind: 'tokens', ref: 'lost' });
        note({ kind: 'keys', ref: 'lost' });
        await tx.query('UPDATE config_version SET version = version + 5 WHERE id = 1');
      });
      await store.write((tx) => tx.createQueryBuilder().delete().from(ChangeRow).execute());
      await vi.waitFor(() => expect(seen).toContainEqual({ kind: 'keys', ref: '*' }), { timeout: 5_000 });
    } finally {
      await other.close();
    }
  });

  it('holds the last known state through an outage, says so once, and says when it is over', async () => {
    // A handler that failed in a test before may have been called by the poller, which told of that.
    const before = rooms.log.lines.length;
    const told = () =>
      rooms.log.lines
        .slice(before)
        .filter((line) => line.message?.includes('followed'))
        .map((line) => line.level);
    const read = vi.spyOn(store.manager, 'findOneByOrFail').mockRejectedValue(new Error('connection lost'));
    await vi.waitFor(() => expect(read.mock.calls.length).toBeGreaterThan(2), { timeout: 5_000 });
    expect(told()).toEqual(['error']);
    const whenBroken = feed.lastOk;
    read.mockRestore();
    await vi.waitFor(() => expect(told()).toEqual(['error', 'info']), { timeout: 5_000 });
    expect(feed.lastOk).toBeGreaterThan(whenBroken);
  });
});
