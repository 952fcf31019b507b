import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KeyRow } from '../../../src/keys/rows/key-row.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { entriesOf, type KeysUnderTest, masterKey, openKeys, UPSTREAM } from './support/keys-under-test.js';

describe.each(await databasesUnderTest())('adding keys on $name', ({ create }) => {
  const master = masterKey();
  let database: TestDatabase;
  let keys: KeysUnderTest;

  beforeAll(async () => void (database = await create()));
  afterAll(() => database.drop());
  beforeEach(async () => {
    keys = await openKeys(database.url, master);
    await keys.boot();
  });
  afterEach(async () => {
    await keys.removal.removeAll(UPSTREAM);
    await keys.close();
  });

  const idsInPool = () => keys.state.state(UPSTREAM, keys.clock.now()).map(({ keyId }) => keyId);

  it('adds each key once, whatever the order and however often', async () => {
    const first = await keys.imports.add(UPSTREAM, entriesOf('sk-a', 'sk-b', ' sk-a ', 'sk-c'));
    expect(first).toEqual({ added: 3, duplicate: 1, rejected: [] });
    const again = await keys.imports.add(UPSTREAM, entriesOf('sk-c', 'sk-d'));
    expect(again).toEqual({ added: 1, duplicate: 1, rejected: [] });
    expect(await keys.imports.add('id-two', entriesOf('sk-a'))).toMatchObject({ added: 1 });
    await keys.removal.removeAll('id-two');
  });

  it('lends what it added at once, and stores no secret in clear', async () => {
    await keys.imports.add(UPSTREAM, entriesOf('sk-secret-0001', 'sk-secret-0002'));
    const rows = await keys.store.manager.find(KeyRow, { order: { createdAt: 'ASC' } });
    expect(rows.map(({ id }) => keys.ring.peek(id)?.reveal())).toEqual(['sk-secret-0001', 'sk-secret-0002']);
    expect(idsInPool().sort()).toEqual(rows.map(({ id }) => id).sort());
    expect(JSON.stringify(rows)).not.toContain('secret');
  });

  it('tells which lines cannot be keys and takes the others', async () => {
    const result = await keys.imports.add(UPSTREAM, [
      { line: 1, key: 'sk-a' },
      { line: 7, key: 'two words' },
      { line: 9, key: '', fault: 'has unknown fields' },
    ]);
    expect(result).toEqual({
      added: 1,
      duplicate: 0,
      rejected: [
        { line: 7, reason: 'holds a blank: one key a line' },
        { line: 9, reason: 'has unknown fields' },
      ],
    });
  });

  it('adds a thousand in steps, in their order, with the event loop free between them', async () => {
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const given = Array.from({ length: 1_000 }, (_, n) => `sk-${n}`);
    expect(await keys.imports.add(UPSTREAM, entriesOf(...given))).toMatchObject({ added: 1_000 });
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(5);
    const rows = await keys.store.manager.find(KeyRow, { order: { createdAt: 'ASC', id: 'ASC' } });
    expect(rows.map(({ id }) => keys.ring.peek(id)?.reveal())).toEqual(given);
  });

  it('counts each key once when two imports of the same keys run at once', async () => {
    const given = entriesOf(...Array.from({ length: 150 }, (_, n) => `sk-race-${n}`));
    const other = await openKeys(database.url, master);
    await other.boot();
    const results = await Promise.all([
      keys.imports.add(UPSTREAM, given),
      other.imports.add(UPSTREAM, given),
    ]);
    await other.close();
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(150);
    expect(results.reduce((sum, { duplicate }) => sum + duplicate, 0)).toBe(150);
    expect(await keys.store.manager.count(KeyRow)).toBe(150);
  });
});
