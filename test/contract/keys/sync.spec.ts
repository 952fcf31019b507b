import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BootFault } from '../../../src/config/boot-fault.js';
import type { Verdict } from '../../../src/kernel/verdict.js';
import { KeyRow } from '../../../src/keys/rows/key-row.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { entriesOf, type KeysUnderTest, masterKey, openKeys, UPSTREAM } from './support/keys-under-test.js';

const HOUR = 3600_000;

describe.each(await databasesUnderTest())('keys and their pool on $name', ({ create }) => {
  const master = masterKey();
  let database: TestDatabase;
  let open: KeysUnderTest[] = [];

  beforeAll(async () => void (database = await create()));
  afterAll(() => database.drop());
  afterEach(async () => {
    await open[0]?.removal.removeAll(UPSTREAM);
    for (const keys of open) await keys.close();
    open = [];
  });

  const start = async () => {
    const keys = await openKeys(database.url, master);
    open.push(keys);
    await keys.boot();
    return keys;
  };
  const oneKey = async (keys: KeysUnderTest) => {
    await keys.imports.add(UPSTREAM, entriesOf('sk-only'));
    return (await keys.store.manager.findOneByOrFail(KeyRow, { upstreamId: UPSTREAM })).id;
  };
  const stateOf = (keys: KeysUnderTest, id: string) => keys.state.state(UPSTREAM, keys.clock.now(), [id])[0];
  const settle = (keys: KeysUnderTest, verdict: Verdict) => {
    const now = keys.clock.now();
    const grant = keys.state.acquire({ upstreamId: UPSTREAM, tokens: 0, tried: new Set(), now });
    if (grant.keyId === undefined) throw new Error('no key was lent');
    keys.state.settle(grant, { verdict, now });
  };

  it('refuses to start with another master key, and names the fault', async () => {
    await start();
    const wrong = await openKeys(database.url, masterKey());
    await expect(wrong.boot()).rejects.toThrow(BootFault);
    await expect(wrong.boot()).rejects.toThrow(/MASTER_KEY/);
    await wrong.close();
  });

  it('loads at the next start what was added, with its rests', async () => {
    const keys = await start();
    const id = await oneKey(keys);
    const until = keys.clock.now() + HOUR;
    keys.state.rest(UPSTREAM, id, undefined, { status: 'cooling', reason: 'rate_limited', until, streak: 2 });
    keys.state.rest(UPSTREAM, id, 'm', { status: 'exhausted', reason: 'day', until: until + 1, streak: 1 });
    keys.writer.changed(UPSTREAM, [id]);
    await keys.writer.flush();
    const next = await start();
    expect(stateOf(next, id)).toMatchObject({ status: 'cooling', reason: 'rate_limited', until });
    expect(stateOf(next, id)?.models).toMatchObject([{ model: 'm', status: 'exhausted', until: until + 1 }]);
    expect(next.ring.peek(id)?.reveal()).toBe('sk-only');
  });

  it('stores an exhausted key as such, and that it recovered', async () => {
    const keys = await start();
    const id = await oneKey(keys);
    const until = keys.clock.now() + HOUR;
    const effect = { to: 'exhausted', share: 'key', models: 'all', until } as const;
    settle(keys, { blame: 'quota', reason: 'insufficient_quota', effect, retry: 'next_key' });
    await keys.writer.flush();
    const row = () => keys.store.manager.findOneByOrFail(KeyRow, { id });
    const stored = await row();
    expect(stored).toMatchObject({ status: 'exhausted', reason: 'insufficient_quota' });
    expect(stored.until).toBeGreaterThanOrEqual(until);
    expect(stateOf(await start(), id)).toMatchObject({ status: 'exhausted', until: stored.until });

    keys.clock.set((stored.until ?? 0) + 1);
    settle(keys, { blame: 'none', reason: 'ok', retry: 'no' });
    await keys.writer.flush();
    expect(await row()).toMatchObject({ status: 'active', reason: null, until: null });
  });

  it('follows what another instance does to a key', async () => {
    const [here, there] = [await start(), await start()];
    const id = await oneKey(here);
    const deliver = () => there.feed.deliver([{ kind: 'keys', ref: UPSTREAM, ids: [id] }]);
    await deliver();
    expect(stateOf(there, id)?.status).toBe('free');
    await here.statuses.disable(UPSTREAM, [id]);
    await deliver();
    expect(stateOf(there, id)?.status).toBe('disabled');
    await here.statuses.enable(UPSTREAM, [id]);
    await deliver();
    expect(stateOf(there, id)?.status).toBe('free');
    there.state.rest(UPSTREAM, id, undefined, {
      status: 'cooling',
      reason: 'x',
      until: there.clock.now() + HOUR,
      streak: 1,
    });
    await here.statuses.lift(UPSTREAM, [id]);
    await deliver();
    expect(stateOf(there, id)?.status).toBe('free');
    await here.removal.remove(UPSTREAM, [id]);
    await deliver();
    expect(stateOf(there, id)).toBeUndefined();
    expect(there.ring.peek(id)).toBeUndefined();
  });

  it('never lends a row that does not decrypt', async () => {
    const keys = await start();
    const id = await oneKey(keys);
    await keys.store.write((tx) => tx.update(KeyRow, { id }, { upstreamId: 'id-two' }));
    const next = await start();
    expect(next.ring.peek(id)).toBeUndefined();
    expect(next.registry.isUnreadable(id)).toBe(true);
    expect(next.state.state('id-two', 0)[0]?.status).toBe('invalid');
    await keys.removal.removeAll('id-two');
  });

  describe('a key that calls refuse', () => {
    const refused: Verdict = {
      blame: 'key',
      reason: 'unauthorized',
      effect: { to: 'invalid', share: 'key', models: 'all', confirm: true },
      retry: 'next_key',
    };
    const settled = async (keys: KeysUnderTest) => {
      await expect.poll(() => keys.checker.asked.length).toBeGreaterThan(0);
      await keys.queue.idle();
    };

    it('is invalid once a check confirms it, and comes back when a recheck succeeds', async () => {
      const keys = await start();
      const id = await oneKey(keys);
      keys.checker.answers.set('sk-only', { verdict: refused, status: 401 });
      settle(keys, refused);
      expect(stateOf(keys, id)).toMatchObject({ status: 'cooling', reason: 'unconfirmed' });
      await settled(keys);
      expect(await keys.store.manager.findOneBy(KeyRow, { id })).toMatchObject({ status: 'invalid' });

      keys.checker.answers.clear();
      await keys.recheck.tick();
      expect(keys.checker.asked.length).toBe(1);
      keys.clock.advance(HOUR);
      await keys.recheck.tick();
      await keys.queue.idle();
      expect(await keys.store.manager.findOneBy(KeyRow, { id })).toMatchObject({ status: 'active' });
      expect(stateOf(keys, id)?.status).toBe('free');
    });

    it('comes back at once where the check says that it is good', async () => {
      const keys = await start();
      const id = await oneKey(keys);
      settle(keys, refused);
      await settled(keys);
      expect(stateOf(keys, id)?.status).toBe('free');
      expect(await keys.store.manager.findOneBy(KeyRow, { id })).toMatchObject({ status: 'active' });
    });

    it('rests, not invalid, while the provider is down', async () => {
      const keys = await start();
      const id = await oneKey(keys);
      keys.checker.answers.set('sk-only', { verdict: { blame: 'upstream', reason: 'timeout', retry: 'no' } });
      settle(keys, refused);
      await settled(keys);
      expect(await keys.store.manager.findOneBy(KeyRow, { id })).toMatchObject({ status: 'active' });
      expect(stateOf(keys, id)).toMatchObject({ status: 'cooling', reason: 'unconfirmed' });
    });

    it('is invalid by its call where the upstream has no check, and on trial when its time has come', async () => {
      const keys = await start();
      const id = await oneKey(keys);
      keys.checker.answers.set('sk-only', undefined);
      settle(keys, refused);
      await settled(keys);
      expect(await keys.store.manager.findOneBy(KeyRow, { id })).toMatchObject({ status: 'invalid' });
      keys.clock.advance(HOUR);
      await keys.recheck.tick();
      await keys.queue.idle();
      expect(stateOf(keys, id)?.status).toBe('free');
    });

    it('is never probed while a person has disabled it', async () => {
      const keys = await start();
      const id = await oneKey(keys);
      await keys.plan.ensure([id], 'unauthorized');
      await keys.statuses.disable(UPSTREAM, [id]);
      keys.clock.advance(HOUR);
      await keys.recheck.tick();
      await keys.queue.idle();
      expect(await keys.store.manager.findOneBy(KeyRow, { id })).toMatchObject({ status: 'disabled' });
    });

    it('is probed by one instance only', async () => {
      const [here, there] = [await start(), await start()];
      await oneKey(here);
      const ids = Array.from({ length: 20 }, (_, n) => `key-${n}`);
      await here.plan.ensure(ids, 'unauthorized');
      here.clock.advance(HOUR);
      there.clock.set(here.clock.now());
      const claims = await Promise.all([here.plan.claim(20), there.plan.claim(20)]);
      expect(claims.flat().sort()).toEqual([...ids].sort());
      await here.plan.forget(ids);
    });
  });
});
