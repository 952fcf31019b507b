import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, Histogram, upperBound } from './histogram.js';

function histogramOf(durations: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of durations) histogram.count(bucketOf(ms));
  return histogram;
}

/** Nearest rank, the definition that `quantile` approximates. */
function exactQuantile(durations: readonly number[], q: number): number {
  const sorted = [...durations].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!;
}

const duration = fc.double({ min: 0.07, max: 2_000_000, noNaN: true });

describe('Histogram', () => {
  it('gives quantiles within 2.2 % of the exact ones', () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 400 }),
        fc.constantFrom(0, 0.5, 0.95, 0.99, 1),
        (durations, q) => {
          const exact = exactQuantile(durations, q);
          const estimate = histogramOf(durations).quantile(q)!;
          expect(Math.abs(estimate - exact) / exact).toBeLessThan(0.0222);
        },
      ),
    );
  });

  it('adds by joining texts', () => {
    fc.assert(
      fc.property(fc.array(duration), fc.array(duration), (first, second) => {
        const joined = new Histogram();
        joined.addEncoded(histogramOf(first).encode() + histogramOf(second).encode());
        expect(joined.encode()).toBe(histogramOf([...first, ...second]).encode());
        expect(joined.total()).toBe(first.length + second.length);
      }),
    );
  });

  it('keeps the upper bound inside its bucket, so powers of two are exact borders', () => {
    for (let exponent = -3; exponent <= 20; exponent++) {
      const bucket = bucketOf(2 ** exponent);
      expect(upperBound(bucket)).toBe(2 ** exponent);
      expect(bucketOf(2 ** exponent * 1.0001)).toBe(bucket + 1);
    }
  });

  it('takes anything at all as a duration', () => {
    for (const odd of [0, -1, Number.NaN, -Infinity]) expect(bucketOf(odd)).toBe(0);
    expect(histogramOf([Infinity, 1e12]).quantile(0.5)).toBeGreaterThan(2_000_000);
    expect(new Histogram().quantile(0.5)).toBeUndefined();
  });

  it('leaves out text that is no histogram', () => {
    const histogram = new Histogram();
    histogram.addEncoded('3:2,x:1,:4,9999999:1,3:,5:1.,7,6:1,8:2');
    expect(histogram.encode()).toBe('3:2,6:1,');
  });
});
