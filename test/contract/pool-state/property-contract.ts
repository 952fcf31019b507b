import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CreateState, Driver, key, share } from './driver.js';
import { life, RandomLife } from './random-life.js';

export function propertyContract(create: CreateState, runs: number): void {
  describe('whatever happens', () => {
    it('exceeds no limit, lends no resting or disabled key, loses no slot, refuses no free key', async () => {
      await fc.assert(
        fc.asyncProperty(life, (random) => RandomLife.run(create, random)),
        { numRuns: runs },
      );
    });

    it('shares calls by weight within 5 %', async () => {
      const shapes = fc.array(
        fc.record({
          weight: fc.integer({ min: 1, max: 20 }),
          quotaGroup: fc.constantFrom(undefined, 'g', 'h'),
        }),
        { minLength: 1, maxLength: 12 },
      );
      await fc.assert(
        fc.asyncProperty(
          shapes,
          fc.constantFrom('round_robin', 'least_in_flight'),
          async (keys, rotation) => {
            const pool = await Driver.of(
              create,
              keys.map((shape, at) => key(`k${at}`, shape)),
              { rotation: rotation as 'round_robin' },
            );
            const total = keys.reduce((sum, { weight }) => sum + weight, 0);
            const served = await pool.calls(total * 20);
            keys.forEach(({ weight }, at) => {
              const due = weight / total;
              expect(Math.abs(share(served, `k${at}`) - due)).toBeLessThanOrEqual(
                due * 0.05 + 1 / served.length,
              );
            });
          },
        ),
        { numRuns: Math.ceil(runs / 10) },
      );
    });
  });
}
