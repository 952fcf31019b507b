import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BootFault } from '../../../src/config/boot-fault.js';
import type { Secret } from '../../../src/kernel/secret.js';
import { KeyRow } from '../../../src/keys/rows/key-row.js';
import type { MasterKey } from '../../../src/keys/secrets/cipher.js';
import { masterKeyOf } from '../../../src/keys/secrets/master-keys.js';
import { rotate } from '../../../src/keys/secrets/rotation.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { entriesOf, type KeysUnderTest, masterKey, openKeys, UPSTREAM } from './support/keys-under-test.js';

const read = (text: Secret): MasterKey => {
  const key = masterKeyOf(text);
  if (!key) throw new Error('a test master key must be readable');
  return key;
};

class Killed extends Error {}

/** Ends the process, as it were, after `n` batches. */
const killedAfter = (n: number) => {
  let batches = 0;
  return () => {
    if (++batches === n) throw new Killed();
  };
};
const quietly = () => undefined;

describe.each(await databasesUnderTest())('rotation of the master key on $name', ({ create }) => {
  const given = Array.from({ length: 350 }, (_, n) => `sk-${n}`);
  let database: TestDatabase;
  let oldText: Secret;
  let newText: Secret;
  let running: KeysUnderTest;

  beforeEach(async () => {
    database = await create();
    [oldText, newText] = [masterKey(), masterKey()];
    running = await openKeys(database.url, oldText);
    await running.boot();
    await running.imports.add(UPSTREAM, entriesOf(...given));
  });
  afterEach(async () => {
    await running.close();
    await database.drop();
  });

  const secretsOf = async (keys: KeysUnderTest) => {
    const rows = await keys.store.manager.find(KeyRow, { order: { createdAt: 'ASC', id: 'ASC' } });
    return rows.map(({ id }) => keys.ring.peek(id)?.reveal());
  };
  const boot = async (text: Secret) => {
    const keys = await openKeys(database.url, text);
    try {
      await keys.boot();
      return await secretsOf(keys);
    } finally {
      await keys.close();
    }
  };

  it('seals every key anew; the new key opens them, the old one does not start', async () => {
    const told: number[] = [];
    const result = await rotate(running.store, read(oldText), read(newText), (done) => told.push(done));
    expect(result).toEqual({ resealed: 350, unreadable: 0 });
    expect(told).toEqual([100, 200, 300, 350]);
    expect(await boot(newText)).toEqual(given);
    await expect(boot(oldText)).rejects.toThrow(BootFault);
    await expect(boot(oldText)).rejects.toThrow(/rotate-master-key/);
  });

  it.each([1, 2, 3, 4])('goes on after it was killed at batch %i, and nothing was ever lost', async (n) => {
    const [from, to] = [read(oldText), read(newText)];
    await expect(rotate(running.store, from, to, killedAfter(n))).rejects.toThrow(Killed);
    await running.feed.deliver([{ kind: 'keys', ref: UPSTREAM }]);
    expect(await secretsOf(running)).toEqual(given);
    const { resealed } = await rotate(running.store, from, to, quietly);
    expect(resealed).toBe(Math.max(0, 350 - n * 100));
    expect(await boot(newText)).toEqual(given);
  });

  it('can be repeated when it has ended', async () => {
    const [from, to] = [read(oldText), read(newText)];
    await rotate(running.store, from, to, quietly);
    expect(await rotate(running.store, from, to, quietly)).toEqual({ resealed: 0, unreadable: 0 });
  });

  it('leaves a running instance its keys, which can no longer add any under the old one', async () => {
    await rotate(running.store, read(oldText), read(newText), quietly);
    await running.feed.deliver([{ kind: 'keys', ref: UPSTREAM }]);
    expect(await secretsOf(running)).toEqual(given);
    await expect(running.imports.add(UPSTREAM, entriesOf('sk-late'))).rejects.toThrow(/rotated/);
  });

  it('takes along what is added while it runs', async () => {
    let added: Promise<unknown> | undefined;
    const adding = () => void (added ??= running.imports.add(UPSTREAM, entriesOf('sk-meanwhile')));
    await rotate(running.store, read(oldText), read(newText), adding);
    await expect(added).resolves.toMatchObject({ added: 1 });
    expect(await boot(newText)).toEqual([...given, 'sk-meanwhile']);
  });

  it('keeps duplicates detectable', async () => {
    await rotate(running.store, read(oldText), read(newText), quietly);
    const next = await openKeys(database.url, newText);
    await next.boot();
    expect(await next.imports.add(UPSTREAM, entriesOf('sk-7', 'sk-new'))).toMatchObject({
      added: 1,
      duplicate: 1,
    });
    await next.close();
  });

  it('does not begin over an unfinished rotation to another key, nor from a wrong one', async () => {
    await expect(rotate(running.store, read(oldText), read(masterKey()), killedAfter(1))).rejects.toThrow(
      Killed,
    );
    await expect(rotate(running.store, read(oldText), read(newText), quietly)).rejects.toThrow(/interrupted/);
    await expect(rotate(running.store, read(masterKey()), read(newText), quietly)).rejects.toThrow(BootFault);
    await expect(rotate(running.store, read(oldText), read(oldText), quietly)).rejects.toThrow(BootFault);
  });
});
