import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/kernel/verdict.js';
import { CALLER_FAULT, type CreateState, Driver, key, limited, OK, UPSTREAM_FAULT } from './driver.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const refusedKey = (confirm: boolean): Verdict => ({
  blame: 'key',
  reason: 'bad_key',
  effect: { to: 'invalid', share: 'key', models: 'all', confirm },
  retry: 'next_key',
});

export function restsContract(create: CreateState): void {
  describe('rests', () => {
    it('last as long as the upstream says', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const until = pool.now + 5000;
      await pool.call({}, limited({ until }));
      expect(await pool.refused()).toMatchObject({ why: 'busy', readyAt: until, early: false });
      expect(await pool.stateOf('a')).toMatchObject({ status: 'cooling', reason: 'rate_limited', until });
      pool.now = until;
      expect(await pool.call()).toBe('a');
      expect((await pool.stateOf('a')).status).toBe('free');
    });

    it('of 31 days hold, on the calendar and not by a timer', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const until = pool.now + 31 * DAY;
      await pool.call({}, limited({ to: 'exhausted', until }));
      pool.now = until - 1;
      expect(await pool.refused()).toMatchObject({ readyAt: until });
      pool.now = until;
      expect(await pool.call()).toBe('a');
    });

    it('get up to 10 % of jitter, an exhausted quota none', async () => {
      const pool = new Driver(create(() => 0.999));
      await pool.put(key('a'), key('b'));
      const until = pool.now + 10_000;
      await pool.call({}, limited({ until }));
      await pool.call({}, limited({ until, to: 'exhausted' }));
      const cooling = (await pool.stateOf('a')).until ?? 0;
      expect(cooling).toBeGreaterThan(until + 900);
      expect(cooling).toBeLessThanOrEqual(until + 1000);
      expect((await pool.stateOf('b')).until).toBe(until);
    });

    it('without a hint grow: 1 s, 2 s, 4 s … at most ten minutes; a success starts anew', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const intervals: number[] = [];
      for (let n = 0; n < 12; n += 1) {
        await pool.call({}, limited());
        const { readyAt } = await pool.refused();
        intervals.push((readyAt - pool.now) / 1000);
        pool.now = readyAt;
      }
      expect(intervals).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
      await pool.call();
      await pool.call({}, limited());
      expect((await pool.refused()).readyAt).toBe(pool.now + 1000);
    });

    it('exhausted without a time is no quick retry', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({}, limited({ to: 'exhausted' }));
      expect((await pool.refused()).readyAt).toBe(pool.now + 10 * MINUTE);
    });

    it('a hint in the past is none', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({}, limited({ until: pool.now - 1 }));
      expect((await pool.refused()).readyAt).toBe(pool.now + 1000);
    });

    it('are never made shorter by a later, shorter hint', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const held = [await pool.take(), await pool.take(), await pool.take()];
      const until = pool.now + 60_000;
      await pool.settle(held[0]!, limited({ until }));
      await pool.settle(held[1]!, limited({ until: pool.now + 1000 }));
      await pool.settle(held[2]!, limited());
      expect(await pool.stateOf('a')).toMatchObject({ until });
      await pool.state.rest('u', 'a', undefined, {
        status: 'cooling',
        reason: 'x',
        until: until - 1,
        streak: 9,
      });
      expect(await pool.stateOf('a')).toMatchObject({ until, reason: 'rate_limited' });
      expect(await pool.refused()).toMatchObject({ readyAt: until });
    });

    it('are made longer by a later, longer one', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const held = [await pool.take(), await pool.take()];
      await pool.settle(held[0]!, limited({ until: pool.now + 1000 }));
      await pool.settle(held[1]!, limited({ to: 'exhausted', until: pool.now + 9000 }));
      expect(await pool.stateOf('a')).toMatchObject({ status: 'exhausted', until: pool.now + 9000 });
      expect(await pool.refused()).toMatchObject({ readyAt: pool.now + 9000 });
    });

    it('are not lifted by the success of a call that was sent before', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const early = await pool.take();
      await pool.call({}, limited({ until: pool.now + 5000 }));
      await pool.settle(early, OK);
      await pool.refused();
      const late = await pool.stateOf('a');
      expect(late.status).toBe('cooling');
    });

    it('a crowd of late failures counts as one', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const held = await Promise.all(Array.from({ length: 10 }, () => pool.take()));
      for (const grant of held) await pool.settle(grant, limited());
      expect((await pool.refused()).readyAt).toBe(pool.now + 1000);
    });

    it('hold for one model where the verdict says so', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      const until = pool.now + 5000;
      expect(await pool.call({ model: 'm' }, limited({ models: 'this', until }))).toBe('a');
      expect(await pool.calls(2, { model: 'm' })).toEqual(['b', 'b']);
      expect(new Set(await pool.calls(2, { model: 'n' }))).toEqual(new Set(['a', 'b']));
      expect(await pool.stateOf('a')).toMatchObject({
        status: 'free',
        models: [{ model: 'm', status: 'cooling', until }],
      });
      pool.now = until;
      expect(new Set(await pool.calls(4, { model: 'm' }))).toEqual(new Set(['a', 'b']));
      expect((await pool.stateOf('a')).models).toEqual([]);
    });

    it('of the whole key count for every model', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({ model: 'm' }, limited({ models: 'this', until: pool.now + 5000 }));
      await pool.call({ model: 'n' }, limited({ until: pool.now + 9000 }));
      for (const model of ['m', 'n', undefined]) {
        expect(await pool.refused({ model })).toMatchObject({ readyAt: pool.now + 9000 });
      }
    });

    it('are shared by the quota group where the verdict says so', async () => {
      const group = { quotaGroup: 'g' };
      const pool = await Driver.of(create, [key('a', group), key('b', group), key('c')]);
      const until = pool.now + 5000;
      await pool.call({ model: 'm' }, limited({ share: 'group', models: 'this', until }));
      expect(new Set(await pool.calls(4, { model: 'm' }))).toEqual(new Set(['c']));
      expect(new Set(await pool.calls(3, { model: 'n' }))).toEqual(new Set(['a', 'b', 'c']));
      await pool.call({ only: 'b' }, limited({ share: 'group', until }));
      expect(await pool.calls(3)).toEqual(['c', 'c', 'c']);
      expect((await pool.stateOf('a')).status).toBe('cooling');
      expect((await pool.stateOf('c')).status).toBe('free');
    });

    it('a key without a group is alone', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      await pool.call({}, limited({ share: 'group', until: pool.now + 5000 }));
      expect(await pool.calls(2)).toEqual(['b', 'b']);
    });

    it.each([
      ['caller', CALLER_FAULT],
      ['upstream', UPSTREAM_FAULT],
      ['unknown', { blame: 'unknown', reason: 'client_gone', retry: 'no' } as const],
    ])('a verdict that blames %s harms no key', async (_, verdict) => {
      const pool = await Driver.of(create, [key('a')]);
      for (let n = 0; n < 20; n += 1) await pool.call({}, verdict);
      expect(await pool.stateOf('a')).toMatchObject({ status: 'free', inFlight: 0 });
    });
  });

  describe('half-open return', () => {
    const back = async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({}, limited({ until: pool.now + 5000 }));
      pool.now += 5000;
      return pool;
    };

    it('one call at a time until one succeeds', async () => {
      const pool = await back();
      const probe = await pool.take();
      expect(await pool.refused()).toMatchObject({ readyAt: Infinity, early: true });
      pool.events.length = 0;
      await pool.settle(probe);
      expect(pool.events).toContain('free');
      await pool.take();
      await pool.take();
    });

    it('a fault of the caller shows that the key was accepted', async () => {
      const pool = await back();
      await pool.call({}, CALLER_FAULT);
      await pool.take();
      await pool.take();
    });

    it.each([
      ['a fault of the upstream', UPSTREAM_FAULT],
      ['a client that left', { blame: 'unknown', reason: 'client_gone', retry: 'no' } as const],
    ])('%s lets the next call try', async (_, verdict) => {
      const pool = await back();
      await pool.call({}, verdict);
      const probe = await pool.take();
      await pool.refused();
      await pool.settle(probe);
      await pool.take();
      await pool.take();
    });

    it('a failure rests again, longer', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({}, limited());
      pool.now += 1000;
      await pool.call({}, limited());
      expect((await pool.refused()).readyAt).toBe(pool.now + 2000);
    });

    it('a late failure while the probe is out makes the key rest, and the probe cannot lift that', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const late = await pool.take();
      await pool.call({}, limited({ until: pool.now + 5000 }));
      pool.now += 5000;
      const probe = await pool.take();
      await pool.settle(late, limited({ until: pool.now + 3000 }));
      await pool.settle(probe, OK);
      expect(await pool.refused()).toMatchObject({ readyAt: pool.now + 3000 });
      pool.now += 3000;
      await pool.take();
      await pool.refused();
    });

    it('of a quota group: one call for all its keys', async () => {
      const group = { quotaGroup: 'g' };
      const pool = await Driver.of(create, [key('a', group), key('b', group)]);
      await pool.call({}, limited({ share: 'group', until: pool.now + 5000 }));
      pool.now += 5000;
      const probe = await pool.take();
      await pool.refused();
      await pool.settle(probe);
      expect(new Set([(await pool.take()).keyId, (await pool.take()).keyId])).toEqual(new Set(['a', 'b']));
    });

    it('of one model does not hold up others', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({ model: 'm' }, limited({ models: 'this', until: pool.now + 5000 }));
      pool.now += 5000;
      await pool.take({ model: 'm' });
      await pool.refused({ model: 'm' });
      await pool.take({ model: 'n' });
      await pool.take({ model: 'n' });
    });

    it('a rest of a full limit is none: all come back at once', async () => {
      const pool = await Driver.of(create, [key('a', { limits: [{ rpm: 2 }] })]);
      await pool.calls(2);
      pool.now = (await pool.refused()).readyAt;
      await pool.take();
      await pool.take();
    });
  });

  describe('refused keys', () => {
    it('are out at once and for good where the verdict is sure', async () => {
      const pool = await Driver.of(create, [key('a'), key('b')]);
      expect(await pool.call({}, refusedKey(false))).toBe('a');
      expect(pool.events).toContain('invalid a bad_key false');
      expect(await pool.calls(2)).toEqual(['b', 'b']);
      pool.now += 400 * DAY;
      expect(await pool.calls(2)).toEqual(['b', 'b']);
      expect(await pool.stateOf('a')).toMatchObject({ status: 'invalid', reason: 'bad_key' });
      await pool.call({}, refusedKey(false));
      expect(await pool.refused()).toMatchObject({ why: 'out', readyAt: Infinity });
    });

    it('wait for a check where it is not: a minute, then longer', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({}, refusedKey(true));
      expect(pool.events).toContain('invalid a bad_key true');
      expect(await pool.stateOf('a')).toMatchObject({ status: 'cooling', reason: 'unconfirmed' });
      expect(await pool.refused()).toMatchObject({ why: 'busy', readyAt: pool.now + MINUTE });
      pool.now += MINUTE;
      await pool.call({}, refusedKey(true));
      expect(await pool.refused()).toMatchObject({ readyAt: pool.now + 2 * MINUTE });
    });

    it('are told of once by a crowd of calls in flight', async () => {
      const pool = await Driver.of(create, [key('a')]);
      const held = [await pool.take(), await pool.take(), await pool.take()];
      for (const grant of held) await pool.settle(grant, refusedKey(true));
      expect(pool.events.filter((event) => event.startsWith('invalid'))).toHaveLength(1);
    });

    it('keep what is known when the stored key is put again, and come back when it says so', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({}, refusedKey(false));
      await pool.put(key('a', { weight: 2 }));
      await pool.refused();
      await pool.put(key('a', { weight: 2, out: 'invalid' }));
      await pool.refused();
      await pool.put(key('a', { weight: 2 }));
      expect(await pool.call()).toBe('a');
    });

    it('come back by a lift', async () => {
      const pool = await Driver.of(create, [key('a')]);
      await pool.call({}, refusedKey(false));
      pool.events.length = 0;
      await pool.state.lift('u', 'a');
      expect(pool.events).toContain('free');
      expect(await pool.call()).toBe('a');
    });
  });
}
