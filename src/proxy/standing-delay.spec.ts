import { describe, expect, it } from 'vitest';
import { callsFor } from './admission.js';
import { StandingDelay } from './standing-delay.js';

describe('the standing delay', () => {
  it('is the least of the last five looks', () => {
    let now = 0;
    const delay = new StandingDelay(() => now);
    const look = (lateMs: number) => {
      now += 100 + lateMs;
      delay.look();
      return delay.milliseconds;
    };
    expect([900, 300, 400, 500].map(look)).toEqual([0, 0, 0, 0]);
    expect(look(600)).toBe(300);
    expect(look(700)).toBe(300);
    expect(look(800)).toBe(400);
    expect(look(0)).toBe(0);
  });
});

describe('the number of calls that memory bears', () => {
  const GIB = 2 ** 30;
  it.each([
    [GIB, 1, 2048],
    [GIB, 2, 1024],
    [0, 1, 500],
    [1024 * GIB, 1, 50_000],
  ])('%d bytes in %d processes: %d', (bytes, processes, calls) => {
    expect(callsFor(bytes, processes)).toBe(calls);
  });
});
