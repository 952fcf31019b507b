import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Portion } from './portion.js';

describe('the portion of a limit', () => {
  it('is all of it until it is divided', () => {
    const portion = new Portion();
    portion.among(3, 1);
    expect(portion.of(100)).toBe(100);
    portion.divide();
    expect(portion.of(100)).toBe(33);
    portion.whole();
    expect(portion.of(100)).toBe(100);
  });

  it('adds up to the limit over all instances', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_000_000 }), (parts, limit) => {
        let sum = 0;
        for (let rank = 0; rank < parts; rank += 1) {
          const portion = new Portion();
          portion.among(parts, rank);
          portion.divide();
          sum += portion.of(limit);
        }
        expect(sum).toBe(limit);
      }),
    );
  });
});
