import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DayWindow, SlidingWindow } from './windows.js';

const MINUTE = 60_000;

describe('SlidingWindow', () => {
  it('forgets after the window and not before', () => {
    const window = new SlidingWindow();
    window.add(5, 1_000_000);
    expect(window.used(1_000_000 + MINUTE)).toBe(5);
    expect(window.used(1_000_000 + MINUTE * 1.03)).toBe(0);
  });

  it('tells when enough has left', () => {
    const window = new SlidingWindow();
    window.add(3, 1_000_000);
    window.add(2, 1_030_000);
    expect(window.readyAt(10, 5, 1_030_000)).toBe(1_030_000);
    const some = window.readyAt(5, 1, 1_030_000);
    const all = window.readyAt(5, 5, 1_030_000);
    expect(some).toBeGreaterThanOrEqual(1_000_000 + MINUTE);
    expect(all).toBeGreaterThanOrEqual(1_030_000 + MINUTE);
    expect(window.used(some - 1)).toBe(5);
    expect(window.used(some)).toBe(2);
    expect(window.used(all)).toBe(0);
  });

  it('lets a need above the limit in once it is empty', () => {
    const window = new SlidingWindow();
    expect(window.readyAt(10, 50, 1000)).toBe(1000);
    window.add(1, 1000);
    const ready = window.readyAt(10, 50, 1000);
    expect(window.used(ready)).toBe(0);
  });

  it('takes back from where it was added, so that nothing goes below zero later', () => {
    const window = new SlidingWindow();
    window.add(1000, 0);
    window.takeBack(900, 0, 50_000);
    expect(window.used(50_000)).toBe(100);
    expect(window.used(62_000)).toBe(0);
    window.takeBack(100, 0, 62_000);
    expect(window.used(62_000)).toBe(0);
  });

  it('survives a clock that is set back', () => {
    const window = new SlidingWindow();
    window.add(5, 100 * MINUTE);
    expect(window.used(100 * MINUTE - 5000)).toBe(5);
    expect(window.used(50 * MINUTE)).toBe(0);
    window.add(1, 50 * MINUTE);
    expect(window.used(50 * MINUTE)).toBe(1);
  });

  it('never lets more than the limit through any window, and keeps 97 % of it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 200, maxLength: 400 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        (limit, steps, start) => {
          const window = new SlidingWindow();
          const passed: number[] = [];
          let now = start;
          for (const step of steps) {
            now += step;
            const ready = window.readyAt(limit, 1, now);
            const inLast = passed.filter((at) => at > now - MINUTE * 1.026).length;
            if (ready <= now) {
              window.add(1, now);
              passed.push(now);
              expect(passed.filter((at) => at > now - MINUTE).length).toBeLessThanOrEqual(limit);
            } else {
              expect(inLast).toBeGreaterThanOrEqual(limit);
              expect(ready).toBeLessThanOrEqual(now + MINUTE * 1.026);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('counts kinds beside each other as windows of their own would', () => {
    const step = fc.record({
      kind: fc.nat(1),
      wait: fc.integer({ min: 0, max: 30_000 }),
      n: fc.integer({ min: 1, max: 900 }),
      back: fc.option(fc.tuple(fc.nat(1), fc.nat(900), fc.nat(90_000))),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(2 ** 41), (steps, start) => {
        const both = new SlidingWindow(MINUTE, 2);
        const single = [new SlidingWindow(), new SlidingWindow()];
        let now = start;
        for (const { kind, wait, n, back } of steps) {
          now += wait;
          both.add(n, now, kind);
          single[kind]!.add(n, now);
          if (back) {
            const [which, amount, ago] = back;
            both.takeBack(amount, Math.max(0, now - ago), now, which);
            single[which]!.takeBack(amount, Math.max(0, now - ago), now);
          }
          for (const [i, one] of single.entries()) {
            expect(both.used(now, i)).toBe(one.used(now));
            expect(both.readyAt(1000, 300, now, i)).toBe(one.readyAt(1000, 300, now));
          }
        }
      }),
    );
  });

  it('is ready exactly when it says, whatever the length of the window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 7, max: 100_000 }),
        fc.integer({ min: 0, max: 2 ** 41 }),
        (length, now) => {
          const window = new SlidingWindow(length);
          window.add(1, now);
          const ready = window.readyAt(1, 1, now);
          expect(ready).toBeGreaterThan(now);
          expect(window.readyAt(1, 1, ready + 1)).toBe(ready + 1);
        },
      ),
    );
  });
});

describe('DayWindow', () => {
  const noon = Date.parse('2026-11-01T12:00:00Z');

  it('counts a day of the zone and begins again at its midnight', () => {
    const window = new DayWindow('America/Los_Angeles');
    window.add(3, noon);
    const midnight = window.resetsAt(noon);
    expect(new Date(midnight).toISOString()).toBe('2026-11-02T08:00:00.000Z');
    expect(window.used(midnight - 1)).toBe(3);
    expect(window.used(midnight)).toBe(0);
    expect(window.day(midnight)).toBe('2026-11-02');
  });

  it('takes over the count of the running day only, and never a smaller one', () => {
    const window = new DayWindow('UTC');
    window.restore('2026-10-31', 7);
    expect(window.used(noon)).toBe(0);
    window.restore('2026-11-01', 7);
    window.restore('2026-11-01', 4);
    expect(window.used(noon)).toBe(7);
    window.restore('2026-10-31', 99);
    expect(window.used(noon)).toBe(7);
  });

  it('can be restored before it was ever asked', () => {
    const window = new DayWindow('UTC');
    window.restore('2026-11-01', 7);
    window.add(1, noon);
    expect(window.used(noon)).toBe(8);
  });

  it('keeps its count for a clock that is set back over midnight', () => {
    const window = new DayWindow('UTC');
    window.add(2, noon);
    expect(window.used(noon - 86_400_000)).toBe(2);
    expect(window.day(0)).toBe('2026-11-01');
    expect(window.used(noon)).toBe(2);
  });

  it('gives back, but not below zero', () => {
    const window = new DayWindow('UTC');
    window.add(1, noon);
    window.add(-2, noon);
    expect(window.used(noon)).toBe(0);
  });
});
