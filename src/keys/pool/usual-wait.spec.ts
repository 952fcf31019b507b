import { describe, expect, it } from 'vitest';
import { UsualWait } from './usual-wait.js';

function after(...waits: readonly number[]): number {
  const usual = new UsualWait();
  for (const wait of waits) usual.add(wait);
  return usual.longestMs;
}

const times = (count: number, wait: number) => Array.from({ length: count }, () => wait);

describe('UsualWait', () => {
  it('knows nothing before it has seen enough, and nothing under two seconds is unusual', () => {
    expect(after(...times(19, 5000))).toBe(Infinity);
    expect(after(...times(20, 5000))).toBe(20_000);
    expect(after(...times(100, 3))).toBe(2000);
  });

  it('is four times what nine of ten take, about', () => {
    const waits = Array.from({ length: 2000 }, (_, n) => ((n * 7919) % 1000) * 10);
    expect(after(...waits)).toBeGreaterThan(4 * 7000);
    expect(after(...waits)).toBeLessThan(4 * 10_500);
  });

  it('follows an upstream that becomes slower within twenty answers', () => {
    expect(after(...times(200, 1000), ...times(20, 10_000))).toBeGreaterThan(20_000);
  });

  it('does not learn from one slow answer in twenty', () => {
    const waits = Array.from({ length: 1000 }, (_, n) => (n % 20 === 0 ? 60_000 : 800));
    expect(after(...waits)).toBeLessThan(8000);
  });
});
