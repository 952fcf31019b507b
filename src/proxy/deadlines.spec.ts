import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { Deadlines, type Waiting } from './deadlines.js';

// The clock of these tests is the global one, which vitest turns.
vi.mock('node:perf_hooks', () => ({ performance: { now: () => performance.now() } }));

class Waiter implements Waiting {
  place = -1;
  movedAt = performance.now();
  endedAt: number | undefined;

  constructor(readonly patienceMs: number) {}

  timedOut(): void {
    this.endedAt = performance.now();
  }
}

describe('Deadlines', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends each when it has waited for its own time since its last sign of life', async () => {
    const deadlines = new Deadlines();
    const began = performance.now();
    const [long, short, lively] = [new Waiter(900), new Waiter(100), new Waiter(300)];
    for (const one of [long, short, lively]) deadlines.begin(one);
    await vi.advanceTimersByTimeAsync(250);
    lively.movedAt = performance.now();
    await vi.advanceTimersByTimeAsync(1000);
    for (const [one, after] of [
      [short, 100],
      [lively, 550],
      [long, 900],
    ] as const)
      expect(one.endedAt! - began - after).toSatisfy((late: number) => late >= 0 && late <= 2);
  });

  it('hears no more of who waits no more, and begins anew with who comes back', async () => {
    const deadlines = new Deadlines();
    const [one, other] = [new Waiter(100), new Waiter(100)];
    deadlines.begin(one);
    deadlines.begin(other);
    deadlines.end(one);
    deadlines.end(one);
    await vi.advanceTimersByTimeAsync(1000);
    expect([one.endedAt, other.endedAt !== undefined]).toEqual([undefined, true]);
    one.movedAt = performance.now();
    deadlines.begin(one);
    await vi.advanceTimersByTimeAsync(99);
    expect(one.endedAt).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2);
    expect(one.endedAt).toBeDefined();
  });

  it('takes times that no timer takes', async () => {
    const deadlines = new Deadlines();
    const one = new Waiter(2 ** 40);
    deadlines.begin(one);
    await vi.advanceTimersByTimeAsync(1000);
    expect(one.endedAt).toBeUndefined();
    deadlines.end(one);
  });

  it('ends whoever is overdue, and nobody else, whatever they do', async () => {
    const step = fc.record({
      who: fc.nat(4),
      does: fc.constantFrom('begin', 'end', 'move'),
      after: fc.nat(120),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const deadlines = new Deadlines();
        const all = [50, 80, 100, 200, 300].map((ms) => new Waiter(ms));
        for (const { who, does, after } of steps) {
          const one = all[who]!;
          if (does === 'end') deadlines.end(one);
          else if (does === 'begin' || one.place !== -1) one.movedAt = performance.now();
          if (does === 'begin') deadlines.begin(one);
          await vi.advanceTimersByTimeAsync(after);
          for (const { place, movedAt, patienceMs } of all)
            if (place !== -1) expect(performance.now() - movedAt).toBeLessThanOrEqual(patienceMs + 2);
        }
        for (const { endedAt, movedAt, patienceMs } of all)
          if (endedAt !== undefined && endedAt > movedAt)
            expect(endedAt - movedAt).toBeGreaterThanOrEqual(patienceMs);
      }),
    );
  });
});
