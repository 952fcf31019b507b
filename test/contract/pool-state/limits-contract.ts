import { describe, expect, it } from 'vitest';
import { type CreateState, declare, Driver, key, OK } from './driver.js';

const MINUTE = 60_000;

export function limitsContract(create: CreateState): void {
  describe('limits', () => {
    it('rpm: never more in any minute, and again when the first have left it', async () => {
      const pool = await Driver.of(create, [key('a', declare({ rpm: 2 }))]);
      await pool.calls(2);
      const { readyAt, why } = await pool.refused();
      expect(why).toBe('busy');
      expect(readyAt).toBeGreaterThanOrEqual(pool.now + MINUTE);
      expect(readyAt).toBeLessThanOrEqual(pool.now + MINUTE * 1.03);
      pool.now = readyAt - 1;
      await pool.refused();
      pool.now = readyAt;
      expect(await pool.call()).toBe('a');
    });

    it('are reserved when lent, not when settled', async () => {
      const pool = await Driver.of(create, [key('a', declare({ rpm: 2 }))]);
      await pool.take();
      await pool.take();
      await pool.refused();
    });

    it('concurrency: an event frees the key, and the pool says so', async () => {
      const pool = await Driver.of(create, [key('a', declare({ concurrency: 1 }))]);
      const grant = await pool.take();
      expect(await pool.refused()).toEqual({ keyId: undefined, readyAt: Infinity, early: true, why: 'busy' });
      pool.events.length = 0;
      await pool.settle(grant);
      expect(pool.events).toContain('free');
      expect(await pool.call()).toBe('a');
    });

    it('settling twice frees one slot', async () => {
      const pool = await Driver.of(create, [key('a', declare({ concurrency: 2 }))]);
      const first = await pool.take();
      await pool.take();
      await pool.settle(first);
      await pool.settle(first);
      await pool.take();
      await pool.refused();
    });

    it('rpd: until midnight of the provider, also on a day of 25 hours', async () => {
      const pool = await Driver.of(create, [key('a', declare({ rpd: 1 }))]);
      pool.now = Date.parse('2026-11-01T08:30:00Z');
      await pool.call();
      const { readyAt } = await pool.refused();
      expect(new Date(readyAt).toISOString()).toBe('2026-11-02T08:00:00.000Z');
      pool.now = readyAt;
      expect(await pool.call()).toBe('a');
    });

    it('tpm: reserves the estimate, gives back what was too much', async () => {
      const pool = await Driver.of(create, [key('a', declare({ tpm: 100 }))]);
      const grant = await pool.take({ tokens: 80 });
      expect(await pool.refused({ tokens: 30 })).toMatchObject({ why: 'busy', early: true });
      expect((await pool.take({ tokens: 20 })).keyId).toBe('a');
      await pool.refused({ tokens: 1 });
      await pool.settle(grant, OK, { tokens: 10 });
      expect((await pool.take({ tokens: 70 })).keyId).toBe('a');
      await pool.refused({ tokens: 1 });
    });

    it('tpm: adds what was too little', async () => {
      const pool = await Driver.of(create, [key('a', declare({ tpm: 100 }))]);
      await pool.settle(await pool.take({ tokens: 10 }), OK, { tokens: 95 });
      await pool.refused({ tokens: 6 });
      expect((await pool.take({ tokens: 5 })).keyId).toBe('a');
    });

    it('tpm: what is given back late does not make room later', async () => {
      const pool = await Driver.of(create, [key('a', declare({ tpm: 100 }))]);
      const grant = await pool.take({ tokens: 100 });
      pool.now += 55_000;
      await pool.settle(grant, OK, { tokens: 0 });
      await pool.take({ tokens: 100 });
      pool.now += 10_000;
      await pool.refused({ tokens: 1 });
    });

    it('tpm: an estimate above the limit passes when the window is empty', async () => {
      const pool = await Driver.of(create, [key('a', declare({ tpm: 100 }))]);
      await pool.call({ tokens: 1 });
      const { readyAt } = await pool.refused({ tokens: 500 });
      pool.now = readyAt;
      expect((await pool.take({ tokens: 500 })).keyId).toBe('a');
      await pool.refused({ tokens: 1 });
    });

    it('tpm: a smaller call passes where a bigger one has to wait', async () => {
      const pool = await Driver.of(create, [
        key('a', declare({ tpm: 100 })),
        key('b', declare({ tpm: 100 })),
      ]);
      await pool.calls(2, { tokens: 60 });
      await pool.refused({ tokens: 50 });
      expect(new Set(await pool.calls(2, { tokens: 30 }))).toEqual(new Set(['a', 'b']));
      await pool.refused({ tokens: 30 });
      expect(new Set(await pool.calls(2, { tokens: 10 }))).toEqual(new Set(['a', 'b']));
    });

    it('hold for the pattern that names them, and are shared by its models', async () => {
      const limits = { limits: [{ models: 'gemini-*', rpm: 2 }] };
      const pool = await Driver.of(create, [key('a', limits), key('b')]);
      await pool.calls(3, { model: 'gemini-pro' });
      await pool.calls(3, { model: 'gemini-flash' });
      const served = await pool.calls(4, { model: 'gemini-pro' });
      expect(new Set(served)).toEqual(new Set(['b']));
      expect(new Set(await pool.calls(4, { model: 'gemma' }))).toEqual(new Set(['a', 'b']));
      expect(new Set(await pool.calls(4))).toEqual(new Set(['a', 'b']));
    });

    it('of all models and of a pattern hold together', async () => {
      const limits = declare({ rpm: 3 }, { models: 'm', rpm: 2 });
      const pool = await Driver.of(create, [key('a', limits)]);
      await pool.calls(2, { model: 'm' });
      await pool.refused({ model: 'm' });
      await pool.call({ model: 'n' });
      await pool.refused({ model: 'n' });
    });

    it('of tokens for one model do not bar another', async () => {
      const pool = await Driver.of(create, [key('a', declare({ models: 'm', tpm: 10 }))]);
      await pool.call({ model: 'm', tokens: 8 });
      await pool.refused({ model: 'm', tokens: 5 });
      expect(await pool.call({ model: 'n', tokens: 500 })).toBe('a');
    });

    it('of the rules hold for each key, unless it declares its own for the pattern', async () => {
      const pool = await Driver.of(create, [key('a'), key('b', declare({ rpm: 3 }))], declare({ rpm: 1 }));
      expect((await pool.calls(4)).sort().join('')).toBe('abbb');
      await pool.refused();
    });

    it('are shared by a quota group', async () => {
      const group = { quotaGroup: 'g', limits: [{ rpm: 3, concurrency: 2 }] };
      const pool = await Driver.of(create, [key('a', group), key('b', group), key('c', group), key('d')]);
      const held = [];
      for (let n = 0; n < 4; n += 1) held.push(await pool.take());
      expect(held.filter(({ keyId }) => keyId !== 'd')).toHaveLength(2);
      for (const grant of held) await pool.settle(grant);
      const rest = await pool.calls(10);
      expect(rest.filter((id) => id !== 'd')).toHaveLength(1);
    });

    it('change while calls are under way', async () => {
      const pool = await Driver.of(create, [key('a', declare({ concurrency: 1 }))]);
      const first = await pool.take();
      await pool.refused();
      await pool.put(key('a', declare({ concurrency: 2 })));
      const second = await pool.take();
      await pool.refused();
      await pool.rules({ limits: [{ rpm: 1000 }] });
      await pool.refused();
      await pool.settle(first);
      await pool.settle(second);
      const counts = await pool.state.counts('u', pool.now);
      expect(counts.inFlight).toBe(0);
      await pool.take();
      await pool.take();
      await pool.refused();
    });

    it('a call that was never sent gives all of it back', async () => {
      const pool = await Driver.of(create, [key('a', declare({ rpm: 1, rpd: 1, tpm: 10, concurrency: 1 }))]);
      const unknown = { blame: 'unknown', reason: 'client_gone', retry: 'no' } as const;
      await pool.settle(await pool.take({ tokens: 10 }), unknown, { unsent: true });
      expect((await pool.take({ tokens: 10 })).keyId).toBe('a');
      await pool.refused();
    });

    it('a failed call still counts', async () => {
      const pool = await Driver.of(create, [key('a', declare({ rpm: 1 }))]);
      await pool.call({}, { blame: 'upstream', reason: 'connect_failed', retry: 'attempt' });
      await pool.refused();
    });

    it('shows what is used of each', async () => {
      const limits = declare({ rpm: 10, tpm: 100, concurrency: 5 }, { models: 'm', rpd: 7 });
      const pool = await Driver.of(create, [key('a', limits)]);
      await pool.take({ model: 'm', tokens: 30 });
      expect((await pool.stateOf('a')).usage).toEqual([
        { rpm: 1, tpm: 30, inFlight: 1 },
        { models: 'm', rpd: 1 },
      ]);
    });
  });
}
