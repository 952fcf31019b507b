import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LastUseWriter } from '../../../src/keys/sync/last-use-writer.js';
import { Pins } from '../../../src/keys/pins.js';
import { PruneJob } from '../../../src/keys/prune-job.js';
import { KeyRow } from '../../../src/keys/rows/key-row.js';
import { PinnedResourceRow } from '../../../src/keys/rows/pinned-resource-row.js';
import { StoredPins } from '../../../src/keys/stored-pins.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { entriesOf, type KeysUnderTest, masterKey, openKeys, UPSTREAM } from './support/keys-under-test.js';

class FewPins extends StoredPins {
  protected override readonly mostAnswers = 3;
  protected override readonly trimEvery = 2;
}

describe.each(await databasesUnderTest())('what is kept about the use of keys on $name', ({ create }) => {
  let database: TestDatabase;
  let keys: KeysUnderTest;

  beforeAll(async () => {
    database = await create();
    keys = await openKeys(database.url, masterKey());
    await keys.boot();
  });
  afterAll(async () => {
    await keys.close();
    await database.drop();
  });

  it('finds a pin after a restart, until it expires and is pruned', async () => {
    const start = () => new Pins(new StoredPins(keys.store, keys.clock, keys.log), keys.clock);
    await start().pin(UPSTREAM, 'files/Abc', 'key-1', keys.clock.now() + 1_000);
    await start().pin(UPSTREAM, 'files/Abc', 'key-2', keys.clock.now() + 2_000);
    expect(await start().keyFor(UPSTREAM, 'files/Abc')).toBe('key-2');
    expect(await start().keyFor(UPSTREAM, 'files/abc')).toBeUndefined();
    keys.clock.advance(2_000);
    expect(await start().keyFor(UPSTREAM, 'files/Abc')).toBeUndefined();
    keys.clock.advance(1);
    await new PruneJob(keys.store, keys.clock, keys.log).prune();
    expect(await keys.store.manager.count(PinnedResourceRow)).toBe(0);
  });

  it('stores what was noted in passing, and of answers the latest', async () => {
    const store = new FewPins(keys.store, keys.clock, keys.log);
    const pins = new Pins(store, keys.clock);
    await pins.pin(UPSTREAM, 'files/Kept', 'key-1', keys.clock.now() + 1_000);
    for (let n = 0; n < 8; n++) {
      pins.note(UPSTREAM, 'resp_first', 'key-1', keys.clock.now() + 5_000);
      pins.note(UPSTREAM, `resp_${n}`, 'key-2', keys.clock.now() + 10_000 + n);
      await store.flush();
    }
    const restarted = new Pins(new StoredPins(keys.store, keys.clock, keys.log), keys.clock);
    const known = async (name: string) => (await restarted.keyFor(UPSTREAM, name)) !== undefined;
    expect(await known('resp_7')).toBe(true);
    expect(await known('resp_0')).toBe(false);
    expect(await known('files/Kept')).toBe(true);
    expect(await keys.store.manager.count(PinnedResourceRow)).toBeLessThanOrEqual(1 + 3 + 2);
  });

  it('stores when keys were lent, not when their secret was only looked at', async () => {
    await keys.imports.add(UPSTREAM, entriesOf('sk-used', 'sk-idle'));
    const rows = () => keys.store.manager.find(KeyRow, { order: { createdAt: 'ASC' } });
    const [used, idle] = await rows();
    keys.ring.get(used?.id ?? '');
    keys.ring.peek(idle?.id ?? '');
    await new LastUseWriter(keys.store, keys.ring, keys.log).flush();
    expect((await rows()).map(({ lastUsedAt }) => lastUsedAt !== null)).toEqual([true, false]);
    expect(keys.ring.lentAt(used?.id ?? '')).toBeUndefined();
  });
});
