import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_INTERVAL_SECONDS, nextInterval, spread } from './check-interval.js';

describe('check interval', () => {
  it('doubles up to six hours', () => {
    let seconds = 60;
    const seen = [seconds];
    for (let n = 0; n < 10; n++) seen.push((seconds = nextInterval(seconds, 60)));
    expect(seen).toEqual([60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600]);
  });

  it('follows a base that was raised', () => {
    expect(nextInterval(60, 600)).toBe(600);
    expect(nextInterval(60, MAX_INTERVAL_SECONDS * 2)).toBe(MAX_INTERVAL_SECONDS * 2);
  });

  it('spreads by a tenth to either side', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_INTERVAL_SECONDS }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (seconds, random) => {
          expect(spread(seconds, random)).toBeGreaterThanOrEqual(Math.floor(seconds * 900));
          expect(spread(seconds, random)).toBeLessThanOrEqual(Math.ceil(seconds * 1100));
        },
      ),
    );
  });
});
