import { describe, expect, it } from 'vitest';
import type { KeyMemory, PoolKey } from '../../../src/keys/pool/pool-state.js';
import { type CreateState, declare, Driver, key, limited } from './driver.js';

export function lifeContract(create: CreateState): void {
  describe('keys that come and go', () => {
    it('an unknown pool and one without keys are empty', async () => {
      const pool = new Driver(create(() => 0));
      expect(await pool.refused()).toMatchObject({ why: 'empty', readyAt: Infinity });
      expect(pool.state.isEmpty('u')).toBe(true);
      await pool.rules({});
      expect(await pool.refused()).toMatchObject({ why: 'empty' });
      await pool.put(key('a'));
      expect(pool.state.isEmpty('u')).toBe(false);
      await pool.state.dropKeys('u', ['a', 'nobody']);
      expect(await pool.refused()).toMatchObject({ why: 'empty' });
    });

    it('lends no disabled or invalid key, and no dropped one', async () => {
      const keys = [key('a'), key('b', { out: 'disabled' }), key('c', { out: 'invalid' })];
      const pool = await Driver.of(create, keys);
      expect(await pool.calls(3)).toEqual(['a', 'a', 'a']);
      await pool.put(key('a', { out: 'disabled' }));
      expect(await pool.refused()).toMatchObject({ why: 'out' });
      pool.events.length = 0;
      await pool.put(key('b'));
      expect(pool.events).toContain('free');
      expect(await pool.call()).toBe('b');
      await pool.state.dropKeys('u', ['b']);
      expect(await pool.refused()).toMatchObject({ why: 'out' });
    });

    it('keeps the state of a key that is changed', async () => {
      const pool = await Driver.of(create, [key('a', { limits: [{ rpm: 5 }] })]);
      await pool.call({}, limited({ until: pool.now + 5000 }));
      await pool.put(key('a', { limits: [{ rpm: 5 }], weight: 9, priority: 3 }));
      await pool.refused();
      pool.now += 5000;
      expect(await pool.call()).toBe('a');
      expect((await pool.stateOf('a')).usage).toEqual([{ rpm: 2 }]);
    });

    it('keys may change their quota group, and calls under way are given back to the old one', async () => {
      const limits = { limits: [{ concurrency: 1 }] };
      const pool = await Driver.of(create, [
        key('a', { ...limits, quotaGroup: 'g' }),
        key('b', { ...limits, quotaGroup: 'g' }),
      ]);
      const grant = await pool.take();
      await pool.refused();
      await pool.put(key(grant.keyId, { ...limits, quotaGroup: 'h' }));
      expect((await pool.take()).keyId).toBe(grant.keyId);
      await pool.refused();
      await pool.settle(grant);
      expect((await pool.take()).keyId).not.toBe(grant.keyId);
      await pool.refused();
    });

    it('settling what was lent before a drop changes nothing for a new key of that id', async () => {
      const pool = await Driver.of(create, [key('a', { limits: [{ concurrency: 1 }] })]);
      const old = await pool.take();
      await pool.state.dropKeys('u', ['a']);
      await pool.put(key('a', { limits: [{ concurrency: 1 }] }));
      await pool.take();
      await pool.settle(old, limited({ until: pool.now + 5000 }));
      expect(await pool.stateOf('a')).toMatchObject({ status: 'free', inFlight: 1 });
      await pool.state.dropPool('u');
      await pool.settle(old);
      expect(await pool.refused()).toMatchObject({ why: 'empty' });
    });

    it('lends a pinned key or none', async () => {
      const pool = await Driver.of(create, [
        key('a'),
        key('b', { limits: [{ rpm: 1 }] }),
        key('c', { out: 'disabled' }),
      ]);
      expect(await pool.call({ only: 'b' })).toBe('b');
      const refusal = await pool.refused({ only: 'b' });
      expect(refusal.why).toBe('busy');
      expect(refusal.readyAt).toBeGreaterThan(pool.now);
      expect(await pool.refused({ only: 'c' })).toMatchObject({ why: 'out' });
      expect(await pool.refused({ only: 'nobody' })).toMatchObject({ why: 'empty' });
      expect(await pool.refused({ only: 'a', tried: new Set(['a']) })).toMatchObject({ why: 'tried' });
      await pool.call({ only: 'a' }, limited({ until: pool.now + 5000 }));
      expect(await pool.refused({ only: 'a' })).toMatchObject({ readyAt: pool.now + 5000 });
      pool.now += 5000;
      await pool.take({ only: 'a' });
      expect(await pool.refused({ only: 'a' })).toMatchObject({ readyAt: Infinity, early: true });
    });

    it('pools do not know each other', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.state.putKeys('v', [key('a')]);
      await pool.call({}, limited({ until: pool.now + 5000 }));
      await pool.refused();
      expect((await pool.take({ upstreamId: 'v' })).keyId).toBe('a');
    });

    it('takes ten thousand keys, changes one, drops all', async () => {
      const keys = Array.from({ length: 10_000 }, (_, n) => key(`k${n}`));
      const pool = await Driver.of(create, keys);
      expect(await pool.calls(3)).toEqual(['k0', 'k1', 'k2']);
      await pool.put(key('k3', { out: 'disabled' }));
      expect(await pool.call()).toBe('k4');
      await pool.state.dropKeys(
        'u',
        keys.map(({ id }) => id),
      );
      expect(await pool.refused()).toMatchObject({ why: 'empty' });
    });

    it('puts thousands of keys under new rules, and lends on meanwhile', async () => {
      const ids = Array.from({ length: 1200 }, (_, n) => `k${n}`);
      const pool = await Driver.of(
        create,
        ids.map((id) => key(id)),
      );
      await pool.call();
      // The second is in force before the first is through.
      const changing = [
        pool.rules(declare({ rpm: 5 })),
        pool.rules({ ...declare({ rpm: 1 }), rotation: 'sequential' }),
      ];
      expect(ids).toContain(await pool.call());
      await pool.state.dropKeys('u', ['k1199']);
      await Promise.all(changing);
      pool.now += 120_000;
      expect(new Set(await pool.calls(1199))).toEqual(new Set(ids.slice(0, 1199)));
      expect((await pool.refused()).why).toBe('busy');
    });

    it('refuses rules with an unknown time zone', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await expect(pool.rules({ dayZone: 'Mars/Olympus' })).rejects.toThrow(RangeError);
      expect(await pool.call()).toBe('a');
    });
  });

  describe('lift', () => {
    it('ends all rests of the key and of its group at once', async () => {
      const group = { quotaGroup: 'g' };
      const pool = await Driver.of(create, [key('a', group), key('b', group)]);
      await pool.call({ model: 'm' }, limited({ models: 'this', until: pool.now + 5000 }));
      await pool.call({ model: 'm', only: 'b' }, limited({ share: 'group', until: pool.now + 9000 }));
      await pool.refused({ model: 'm' });
      pool.events.length = 0;
      await pool.state.lift('u', 'a');
      expect(pool.events).toContain('free');
      const served = [await pool.take({ model: 'm' }), await pool.take({ model: 'm' })];
      expect(new Set(served.map(({ keyId }) => keyId))).toEqual(new Set(['a', 'b']));
    });

    it('does not enable what a person disabled', async () => {
      const pool = await Driver.of(create, [key('a', { out: 'disabled' })]);
      await pool.state.lift('u', 'a');
      await pool.state.lift('u', 'nobody');
      await pool.refused();
    });
  });

  describe('counts', () => {
    it('say how many keys are in which state, as time goes on', async () => {
      const group = { quotaGroup: 'g' };
      const pool = await Driver.of(create, [
        key('a'),
        key('b', group),
        key('c', group),
        key('d', { out: 'disabled' }),
        key('e', { out: 'invalid' }),
      ]);
      const count = async () => pool.state.counts('u', pool.now);
      expect(await count()).toEqual({
        keys: 5,
        free: 3,
        cooling: 0,
        exhausted: 0,
        invalid: 1,
        disabled: 1,
        inFlight: 0,
      });
      await pool.call({ only: 'a' }, limited({ until: pool.now + 5000 }));
      await pool.call({ only: 'b' }, limited({ until: pool.now + 2000 }));
      await pool.call({ only: 'c' }, limited({ share: 'group', to: 'exhausted', until: pool.now + 9000 }));
      expect(await count()).toMatchObject({ free: 0, cooling: 1, exhausted: 2 });
      pool.now += 5000;
      expect(await count()).toMatchObject({ free: 1, cooling: 0, exhausted: 2 });
      pool.now += 4000;
      expect(await count()).toMatchObject({ free: 3, cooling: 0, exhausted: 0 });
      await pool.take();
      await pool.state.dropKeys('u', ['a', 'd']);
      expect(await count()).toMatchObject({ keys: 3, free: 2, disabled: 0 });
    });
  });

  describe('memory', () => {
    const carryOver = async (from: Driver, keys: readonly PoolKey[], ids: string[]) => {
      const memories = JSON.parse(JSON.stringify(await from.state.memory('u', ids))) as KeyMemory[];
      const next = await Driver.of(create, keys);
      next.now = from.now;
      await next.state.restore('u', memories);
      return next;
    };

    it('brings rests, streaks and day counts over a restart', async () => {
      const keys = [key('a', { limits: [{ rpd: 2 }] })];
      const pool = await Driver.of(create, keys);
      await pool.call();
      await pool.call({ model: 'm' }, limited({ models: 'this', until: pool.now + 5000 }));
      expect(pool.events.filter((event) => event === 'changed a').length).toBeGreaterThanOrEqual(3);
      const next = await carryOver(pool, keys, ['a', 'nobody']);
      expect((await next.stateOf('a')).models).toMatchObject([
        { model: 'm', until: pool.now + 5000, streak: 1 },
      ]);
      expect((await next.stateOf('a')).usage).toEqual([{ rpd: 2 }]);
      expect(new Date((await next.refused()).readyAt).toISOString()).toBe('2026-11-17T08:00:00.000Z');
    });

    it('brings the rest of a quota group over by the key that told of it', async () => {
      const group = { quotaGroup: 'g' };
      const keys = [key('a', group), key('b', group), key('c')];
      const pool = await Driver.of(create, keys);
      const told = await pool.call({}, limited({ share: 'group', to: 'exhausted', until: pool.now + 9000 }));
      const next = await carryOver(pool, keys, [told]);
      expect(await next.calls(3)).toEqual(['c', 'c', 'c']);
      expect((await next.stateOf('b')).status).toBe('exhausted');
      expect(await next.state.counts('u', next.now)).toMatchObject({ exhausted: 2, free: 1 });
      next.now += 9000;
      next.events.length = 0;
      await next.call({ only: told === 'a' ? 'b' : 'a' });
      expect(next.events.join()).toContain(told);
      expect((await next.state.memory('u', [told]))[0]).toEqual({ keyId: told, models: [], days: [] });
    });

    it('a rest that ended while nobody ran is half-open', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({}, limited({ until: pool.now + 5000 }));
      pool.now += 60_000;
      const next = await carryOver(pool, [key('a')], ['a']);
      await next.take();
      await next.refused();
    });

    it('comes back whole where the rules arrive last', async () => {
      const pool = await Driver.of(create, [key('a')], { limits: [{ rpd: 1 }] });
      await pool.call();
      const memories = await pool.state.memory('u', ['a']);
      const next = new Driver(create(() => 0));
      await next.put(key('a'));
      await next.state.restore('u', memories);
      await next.state.memory('u', ['a']);
      await next.rules({ limits: [{ rpd: 1 }] });
      await next.refused();
    });

    it('yesterday is forgotten', async () => {
      const keys = [key('a', { limits: [{ rpd: 1 }] })];
      const pool = await Driver.of(create, keys);
      await pool.call();
      pool.now += 24 * 3_600_000;
      const next = await carryOver(pool, keys, ['a']);
      expect(await next.call()).toBe('a');
    });
  });
}
