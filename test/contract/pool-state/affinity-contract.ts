import { describe, expect, it } from 'vitest';
import { type CreateState, declare, Driver, key, limited, UPSTREAM_FAULT } from './driver.js';

/** Calls of one conversation prefer the key that served it last; see `Pick.prefer`. */
export function affinityContract(create: CreateState): void {
  describe('a preferred key', () => {
    const three = [key('a'), key('b'), key('c')];
    const prefer = { prefer: 'b' };

    it('is lent out of turn while it is free, whatever the rotation', async () => {
      for (const rotation of ['round_robin', 'least_in_flight', 'sequential', 'random'] as const) {
        const pool = await Driver.of(create, three, { rotation });
        expect(await pool.calls(4, prefer)).toEqual(['b', 'b', 'b', 'b']);
        expect(
          await pool.state.peek({ upstreamId: 'u', tokens: 1, tried: new Set(), now: pool.now, ...prefer }),
        ).toEqual({ keyId: 'b' });
      }
    });

    it('pays for its turns: other calls go to the other keys', async () => {
      const pool = await Driver.of(create, three);
      await pool.calls(3, prefer);
      expect((await pool.calls(4)).sort()).toEqual(['a', 'a', 'c', 'c']);
    });

    it('yields while it rests, and is preferred again', async () => {
      const pool = await Driver.of(create, three);
      await pool.call(prefer, limited({ until: pool.now + 5000 }));
      expect(await pool.call(prefer)).not.toBe('b');
      pool.now += 5000;
      expect(await pool.call(prefer)).toBe('b');
      await pool.call({ ...prefer, model: 'm' }, limited({ models: 'this', until: pool.now + 5000 }));
      expect(await pool.call({ ...prefer, model: 'm' })).not.toBe('b');
      expect(await pool.call({ ...prefer, model: 'n' })).toBe('b');
    });

    it('yields where it has no room, and its limits hold', async () => {
      const pool = await Driver.of(create, [
        key('a'),
        key('b', declare({ concurrency: 1, rpm: 2 })),
        key('c'),
      ]);
      const held = await pool.take(prefer);
      expect(held.keyId).toBe('b');
      expect((await pool.take(prefer)).keyId).not.toBe('b');
      await pool.settle(held);
      expect(await pool.call(prefer)).toBe('b');
      expect(await pool.call(prefer)).not.toBe('b');
    });

    it('yields to a better priority, and where the call has tried it', async () => {
      const pool = await Driver.of(create, [key('a', { priority: 1 }), key('b')]);
      expect(await pool.call(prefer)).toBe('a');
      expect(await pool.call({ prefer: 'a', tried: new Set(['a']) })).toBe('b');
    });

    it('yields while it is shaky, half-open and taken, disabled, or not there', async () => {
      const pool = await Driver.of(create, three);
      await pool.call(prefer, UPSTREAM_FAULT);
      expect(await pool.call(prefer)).not.toBe('b');
      await pool.put(key('b', { out: 'disabled' }));
      expect(await pool.call(prefer)).not.toBe('b');
      expect(await pool.call({ prefer: 'nobody' })).toMatch(/^[ac]$/);
      await pool.call({ prefer: 'a' }, limited({ until: pool.now + 1000 }));
      pool.now += 1000;
      const probe = await pool.take({ prefer: 'a' });
      expect([probe.keyId, (await pool.take({ prefer: 'a' })).keyId]).toEqual(['a', 'c']);
    });

    it('is no reason to be refused, nor to be lent', async () => {
      const pool = await Driver.of(create, [key('a', declare({ concurrency: 1 }))]);
      await pool.take({ prefer: 'a' });
      expect(await pool.refused({ prefer: 'a' })).toMatchObject({ why: 'busy' });
    });
  });
}
