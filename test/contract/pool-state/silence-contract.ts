import { describe, expect, it } from 'vitest';
import { type CreateState, Driver, key, UPSTREAM_FAULT } from './driver.js';

const TEN = Array.from({ length: 10 }, (_, n) => key(`k${n}`));
const NOBODY_HEARD = { blame: 'unknown', reason: 'client_gone', retry: 'no' } as const;

/** Keys that let calls wait for a first word much longer than usual stand behind the others. */
export function silenceContract(create: CreateState): void {
  describe('a key that falls silent', () => {
    /** A pool whose answers take 100 ms, and a call that the key `k0` leaves without a word. */
    const withSilent = async (usualMs = 100, keys = TEN) => {
      const pool = await Driver.of(create, keys);
      for (let n = 0; n < 30; n += 1) await pool.answeredAfter(usualMs);
      const silent = await pool.take({ prefer: 'k0' });
      expect(silent.keyId).toBe('k0');
      return { pool, silent };
    };

    it('gets no further call from then on, until it says something', async () => {
      const { pool, silent } = await withSilent();
      pool.now += 2001;
      const served: string[] = [];
      for (let n = 0; n < 100; n += 1) served.push(await pool.answeredAfter(n % 10));
      expect(served).not.toContain('k0');
      expect(await pool.call({ prefer: 'k0' })).not.toBe('k0');
      pool.state.answered(silent, pool.now);
      expect(await pool.calls(10)).toContain('k0');
    });

    it('takes its turns while its silence is not unusual', async () => {
      const { pool } = await withSilent();
      pool.now += 1900;
      expect(await pool.calls(10)).toContain('k0');
      const slow = await withSilent(3000);
      slow.pool.now += 11_000;
      expect(await slow.pool.calls(10)).toContain('k0');
      const slower = await withSilent(3000);
      slower.pool.now += 12_500;
      expect(await slower.pool.calls(20)).not.toContain('k0');
    });

    it('is not silent while it answers others', async () => {
      const { pool } = await withSilent();
      for (let n = 0; n < 10; n += 1) {
        pool.now += 1000;
        expect(await pool.answeredAfter(100, { prefer: 'k0' })).toBe('k0');
      }
    });

    it('serves where nobody else is left, and is no sound one', async () => {
      const { pool } = await withSilent(100, [key('k0'), key('k1')]);
      pool.now += 3000;
      expect(await pool.call()).toBe('k1');
      expect((await pool.ask({ tried: new Set(['k1']), soundOnly: true })).keyId).toBeUndefined();
      expect(await pool.call({ tried: new Set(['k1']) })).toBe('k0');
    });

    it('stands behind for a while where the calls that waited gave up, or met their time-out', async () => {
      for (const verdict of [NOBODY_HEARD, UPSTREAM_FAULT]) {
        const { pool, silent } = await withSilent();
        pool.now += 3000;
        await pool.calls(10);
        await pool.settle(silent, verdict);
        expect(await pool.calls(20)).not.toContain('k0');
        pool.now += 5000;
        expect(await pool.calls(20)).toContain('k0');
      }
    });

    it('is nobody before it is known how long answers take', async () => {
      const pool = await Driver.of(create, TEN);
      for (let n = 0; n < 10; n += 1) await pool.answeredAfter(100);
      await pool.take({ prefer: 'k0' });
      pool.now += 60_000;
      expect(await pool.calls(10)).toContain('k0');
    });
  });
}
