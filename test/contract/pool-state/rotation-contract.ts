import { describe, expect, it } from 'vitest';
import { ROTATIONS } from '../../../src/keys/pool/pool-state.js';
import { type CreateState, Driver, key, limited, share, UPSTREAM_FAULT } from './driver.js';

export function rotationContract(create: CreateState): void {
  describe('rotation', () => {
    it('goes round keys of equal weight', async () => {
      const pool = await Driver.of(create, [key('a'), key('b'), key('c')]);
      expect(await pool.calls(6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    });

    it('shares by weight, and spreads the turns of a heavy key', async () => {
      const pool = await Driver.of(create, [key('a', { weight: 3 }), key('b'), key('c')]);
      const served = await pool.calls(500);
      expect(share(served, 'a')).toBeCloseTo(0.6, 2);
      expect(share(served, 'b')).toBeCloseTo(0.2, 2);
      expect(served.join('')).not.toContain('aaaaa');
    });

    it('keeps to the best priority that has a free key', async () => {
      const pool = await Driver.of(create, [
        key('low'),
        key('high', { priority: 5 }),
        key('mid', { priority: 1 }),
      ]);
      expect(await pool.calls(2)).toEqual(['high', 'high']);
      await pool.call({}, limited({ until: pool.now + 5000 }));
      expect(await pool.calls(2)).toEqual(['mid', 'mid']);
      pool.now += 6000;
      expect(await pool.call()).toBe('high');
    });

    it('sequential stays with the oldest key that is free', async () => {
      const pool = await Driver.of(create, [key('a'), key('b'), key('c')], { rotation: 'sequential' });
      expect(await pool.calls(3)).toEqual(['a', 'a', 'a']);
      await pool.call({}, limited({ until: pool.now + 5000 }));
      expect(await pool.calls(2)).toEqual(['b', 'b']);
      pool.now += 6000;
      expect(await pool.calls(2)).toEqual(['a', 'a']);
    });

    it('sequential keeps the order of creation when a key is changed, and inside a group', async () => {
      const group = { quotaGroup: 'g' };
      const pool = await Driver.of(create, [key('a', group), key('b'), key('c', group)], {
        rotation: 'sequential',
      });
      await pool.put(key('a', { ...group, weight: 5 }));
      expect(await pool.call()).toBe('a');
      await pool.call({}, limited({ until: pool.now + 5000 }));
      expect(await pool.call()).toBe('b');
      await pool.call({}, limited({ until: pool.now + 9000 }));
      expect(await pool.call()).toBe('c');
      pool.now += 6000;
      expect(await pool.call()).toBe('a');
    });

    it('least_in_flight takes the key with the least load for its weight', async () => {
      const keys = [key('a', { weight: 2 }), key('b')];
      const pool = await Driver.of(create, keys, { rotation: 'least_in_flight' });
      const held = [];
      for (let n = 0; n < 6; n += 1) held.push(await pool.take());
      const ids = held.map(({ keyId }) => keyId);
      expect(ids.filter((id) => id === 'a')).toHaveLength(4);
      const ofB = held.filter(({ keyId }) => keyId === 'b');
      for (const grant of ofB) await pool.settle(grant);
      expect([(await pool.take()).keyId, (await pool.take()).keyId]).toEqual(['b', 'b']);
    });

    it('least_in_flight counts the calls of all models', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')], { rotation: 'least_in_flight' });
      await pool.state.rest('u', 'a', 'm', {
        status: 'cooling',
        reason: 'x',
        until: pool.now + 1000,
        streak: 1,
      });
      pool.now += 2000;
      const first = await pool.take({ model: 'other' });
      const second = await pool.take({ model: 'm' });
      expect(new Set([first.keyId, second.keyId]).size).toBe(2);
    });

    it('random picks by weight, independently of what came before', async () => {
      let seed = 7;
      const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
      const pool = new Driver(create(random));
      await pool.rules({ rotation: 'random' });
      await pool.put(key('a', { weight: 3 }), key('b'));
      const served = await pool.calls(4000);
      expect(share(served, 'a')).toBeGreaterThan(0.7);
      expect(share(served, 'a')).toBeLessThan(0.8);
      const afterA = served.filter((_, at) => served[at - 1] === 'a');
      expect(share(afterA, 'a')).toBeGreaterThan(0.7);
      expect(share(afterA, 'a')).toBeLessThan(0.8);
    });

    it.each(ROTATIONS)('%s gives a key that comes back no burst', async (rotation) => {
      const pool = await Driver.of(create, [key('a'), key('b'), key('c')], { rotation });
      const resting = await pool.call({}, limited({ until: pool.now + 60_000 }));
      await pool.calls(300);
      pool.now += 70_000;
      await pool.call();
      if (rotation === 'sequential' || rotation === 'random') return;
      const served = await pool.calls(30);
      expect(share(served, resting)).toBeLessThanOrEqual(0.4);
    });

    it('gives a new key no burst', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      await pool.calls(100);
      await pool.put(key('c'));
      expect(share(await pool.calls(30), 'c')).toBeCloseTo(1 / 3, 1);
    });

    it('gives a quota group that comes back no burst, and its keys their shares', async () => {
      const group = { quotaGroup: 'g' };
      const pool = await Driver.of(create, [key('a', group), key('b', group), key('c'), key('d')]);
      expect((await pool.calls(8)).sort().join('')).toBe('aabbccdd');
      while ((await pool.call({}, limited({ share: 'group', until: pool.now + 60_000 }))) !== 'a');
      await pool.state.lift('u', 'c');
      await pool.state.lift('u', 'd');
      expect(new Set(await pool.calls(100))).toEqual(new Set(['c', 'd']));
      pool.now += 70_000;
      const served = await pool.calls(40);
      for (const id of 'abcd') expect(share(served, id)).toBeCloseTo(0.25, 1);
      expect(share(served.slice(0, 8), 'a') + share(served.slice(0, 8), 'b')).toBeLessThanOrEqual(0.65);
    });

    it('turns are per model where a model has a rest of its own', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      await pool.state.rest('u', 'a', 'm', {
        status: 'cooling',
        reason: 'x',
        until: pool.now + 5000,
        streak: 1,
      });
      expect(await pool.calls(2, { model: 'm' })).toEqual(['b', 'b']);
      expect(new Set(await pool.calls(2, { model: 'n' }))).toEqual(new Set(['a', 'b']));
      expect(new Set(await pool.calls(2))).toEqual(new Set(['a', 'b']));
    });

    it('survives more models with rests than it keeps turns for', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      const until = pool.now + 60_000;
      for (let n = 0; n < 150; n += 1) {
        await pool.state.rest('u', 'a', `m${n}`, { status: 'cooling', reason: 'x', until, streak: 1 });
      }
      for (let n = 0; n < 150; n += 1) expect(await pool.call({ model: `m${n}` })).toBe('b');
    });

    it('passes over keys that the call has tried', async () => {
      const pool = await Driver.of(create, [key('a'), key('b'), key('c')]);
      expect(await pool.call({ tried: new Set(['a', 'b']) })).toBe('c');
      expect(await pool.refused({ tried: new Set(['a', 'b', 'c']) })).toEqual({
        keyId: undefined,
        readyAt: Infinity,
        early: false,
        why: 'tried',
      });
      expect(new Set(await pool.calls(5))).toEqual(new Set(['a', 'b', 'c']));
    });

    it('lends a tried key again once it came back from a rest, if no other is left', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      const since = pool.now;
      const tried = new Set(['a', 'b']);
      expect(await pool.call({}, limited({ until: pool.now + 1000 }))).toBe('a');
      const refusal = await pool.refused({ tried, since });
      expect(refusal).toMatchObject({ why: 'tried', readyAt: pool.now + 1000 });
      pool.now += 1000;
      expect((await pool.refused({ tried })).why).toBe('tried');
      expect((await pool.refused({ tried, since: since + 1001 })).why).toBe('tried');
      expect(await pool.call({ tried, since })).toBe('a');
    });

    it('prefers an untried key to one that came back', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      await pool.call({}, limited({ until: pool.now + 1000 }));
      const since = pool.now;
      pool.now += 1000;
      expect(await pool.call({ tried: new Set(['a']), since })).toBe('b');
    });

    it('peeks without lending', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      const pick = { upstreamId: 'u', tokens: 1, tried: new Set<string>(), now: pool.now };
      expect(await pool.state.peek(pick)).toEqual({ keyId: 'a' });
      expect(await pool.state.peek(pick)).toEqual({ keyId: 'a' });
      expect((await pool.stateOf('a')).inFlight).toBe(0);
      expect(await pool.state.peek({ ...pick, upstreamId: 'nobody' })).toMatchObject({ why: 'empty' });
    });
  });

  describe('shaky keys', () => {
    it('stand behind sound ones, whatever the priority, until a success', async () => {
      const pool = await Driver.of(create, [key('a', { priority: 1 }), key('b'), key('c')]);
      expect(await pool.call({}, UPSTREAM_FAULT)).toBe('a');
      expect(await pool.calls(4)).toEqual(['b', 'c', 'b', 'c']);
      expect((await pool.stateOf('a')).status).toBe('free');
      expect(await pool.call({ tried: new Set(['b', 'c']) })).toBe('a');
      expect(await pool.call()).toBe('a');
    });

    it('are sound again after 5 s, then 10 s, at most a minute', async () => {
      const pool = await Driver.of(create, [key('a', { priority: 1 }), key('b')]);
      for (const seconds of [5, 10, 20, 40, 60, 60]) {
        expect(await pool.call({}, UPSTREAM_FAULT)).toBe('a');
        pool.now += seconds * 1000 - 1;
        expect(await pool.call()).toBe('b');
        pool.now += 1;
      }
      expect(await pool.call()).toBe('a');
    });

    it('are lent when all are, but not to a call that wants a sound one', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      await pool.call({}, UPSTREAM_FAULT);
      await pool.call({}, UPSTREAM_FAULT);
      expect(new Set([(await pool.take()).keyId, (await pool.take()).keyId])).toEqual(new Set(['a', 'b']));
      expect(await pool.refused({ soundOnly: true })).toMatchObject({ readyAt: Infinity });
      expect(await pool.refused({ soundOnly: true, only: 'a' })).toMatchObject({ readyAt: Infinity });
    });

    it('do not count calls that were under way when they failed', async () => {
      const pool = await Driver.of(create, [key('a', { priority: 1 }), key('b')]);
      const held = [await pool.take(), await pool.take(), await pool.take()];
      pool.now += 10;
      for (const grant of held) await pool.settle(grant, UPSTREAM_FAULT);
      pool.now += 5000;
      expect(await pool.call()).toBe('a');
    });

    it('are none that only no connection could be made for', async () => {
      const pool = await Driver.of(create, [key('a', { priority: 1 }), key('b')]);
      const unreachable = { ...UPSTREAM_FAULT, reason: 'connect_failed', elsewhere: true } as const;
      expect(await pool.call({}, unreachable)).toBe('a');
      expect((await pool.take({ soundOnly: true })).keyId).toBe('a');
    });

    it('stand behind in their quota group too, and get no burst afterwards', async () => {
      const group = { quotaGroup: 'g' };
      const pool = await Driver.of(create, [key('a', group), key('b', group), key('c')]);
      expect(await pool.call({}, UPSTREAM_FAULT)).toBe('a');
      expect(await pool.calls(60)).not.toContain('a');
      pool.now += 5000;
      expect(share(await pool.calls(30), 'a')).toBeCloseTo(1 / 3, 1);
    });
  });
}
