import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WeightedTurns } from './weighted-turns.js';

describe('WeightedTurns', () => {
  it('spreads the turns of a heavy one', () => {
    const turns = new WeightedTurns([5, 1, 1]);
    expect(Array.from({ length: 7 }, () => turns.take([0, 1, 2]))).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });

  it('looks without taking', () => {
    const turns = new WeightedTurns([1, 1]);
    expect([turns.next([0, 1]), turns.next([0, 1]), turns.take([0, 1]), turns.next([0, 1])]).toEqual([
      0, 0, 0, 1,
    ]);
  });

  it('keeps to the weights, whatever they are', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 3000 }), (given, calls) => {
        const turns = new WeightedTurns(given);
        const places = given.map((_, place) => place);
        const counts = given.map(() => 0);
        for (let n = 0; n < calls; n++) counts[turns.take(places)]! += 1;
        const total = given.reduce((sum, weight) => sum + weight, 0);
        counts.forEach((count, place) => {
          expect(Math.abs(count - (calls * given[place]!) / total)).toBeLessThanOrEqual(places.length);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('names one of those who may go', () => {
    const turns = new WeightedTurns([1, 2, 3, 4]);
    const some = fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1 });
    fc.assert(fc.property(some, (places) => places.includes(turns.take(places))));
  });
});
