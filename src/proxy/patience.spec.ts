import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestSearchMs, patienceMs } from './patience.js';

/** What the attempts of a call get whose first `bad` of `keys` keys are silent, and then the good one. */
function walk(fullMs: number, bad: number, keys: number): { each: number[]; spentMs: number } {
  const each: number[] = [];
  let spentMs = 0;
  for (let silences = 0; silences <= bad; silences++) {
    each.push(patienceMs({ fullMs, silences, spentMs, keysLeft: keys - silences }));
    if (silences < bad) spentMs += each.at(-1)!;
  }
  return { each, spentMs };
}

describe('patience with silent keys', () => {
  it.each([
    { fullMs: 120_000, bad: 1, keys: 2, good: 120_000 },
    { fullMs: 120_000, bad: 1, keys: 100, good: 60_000 },
    { fullMs: 120_000, bad: 3, keys: 10, good: 37_500 },
    { fullMs: 120_000, bad: 9, keys: 10, good: 37_500 },
    { fullMs: 120_000, bad: 99, keys: 100, good: 2_593 },
    { fullMs: 300, bad: 99, keys: 100, good: 300 },
  ])('after $bad silent keys of $keys, the next has $good of $fullMs ms', ({ fullMs, bad, keys, good }) => {
    expect(walk(fullMs, bad, keys).each.at(-1)).toBe(good);
  });

  it('is the whole time-out at first, and never more', () => {
    expect(walk(5000, 3, 4).each).toEqual([5000, 5000, 5000, 5000]);
  });

  it('ends every search in time, however many keys are silent', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 3_600_000 }),
        fc.integer({ min: 2, max: 100 }),
        fc.nat(),
        (fullMs, keys, some) => {
          const { each, spentMs } = walk(fullMs, some % keys, keys);
          expect(spentMs).toBeLessThan(longestSearchMs(fullMs, keys));
          expect(Math.min(...each)).toBeGreaterThanOrEqual(Math.min(fullMs, 1000));
          expect(Math.max(...each)).toBeLessThanOrEqual(fullMs);
        },
      ),
    );
  });
});
