import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { callsFor } from './admission.js';
import { WaitingLine } from './waiting-line.js';

/** A line on a clock of its own, and calls that take a while each. */
function aLine(eachMs: number) {
  let now = 1;
  const line = new WaitingLine(() => now);
  const served: number[] = [];
  const call = async (name: number) => {
    const turn = line.turn();
    if (turn) await turn;
    now += eachMs;
    served.push(name);
  };
  return { line, served, call };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the waiting line', () => {
  it('lets calls go on at once while there is time, and the others in order, a share in each turn', async () => {
    const { served, call } = aLine(4);
    const calls = numbers(10).map(call);
    expect(served).toEqual([0, 1, 2]);
    await nextTurn();
    expect(served).toEqual([0, 1, 2, 3, 4, 5]);
    await Promise.all(calls);
    expect(served).toEqual(numbers(10));
  });

  it('says how long a newcomer would wait once it has stood for half a second, and no longer', async () => {
    const { line, served, call } = aLine(100);
    const calls = numbers(10).map(call);
    while (served.length < 6) {
      expect(line.waitMs).toBe(0);
      await nextTurn();
    }
    await nextTurn();
    expect(line.waitMs).toBeGreaterThanOrEqual(200);
    expect(line.waitMs).toBeLessThanOrEqual(400);
    await Promise.all(calls);
    await nextTurn();
    expect(line.waitMs).toBe(0);
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
