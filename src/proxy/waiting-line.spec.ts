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
    await line.turn();
    now += eachMs;
    served.push(name);
  };
  return { line, served, call };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the waiting line', () => {
  it('lets calls go on when sockets have been read, in order, a share in each turn', async () => {
    const { served, call } = aLine(0.25);
    const calls = numbers(100).map(call);
    await Promise.resolve();
    expect(served).toEqual([]);
    await nextTurn();
    expect(served).toEqual(numbers(48));
    await nextTurn();
    expect(served).toEqual(numbers(96));
    await Promise.all(calls);
    expect(served).toEqual(numbers(100));
  });

  it('takes a few in each turn however long they take', async () => {
    const { served, call } = aLine(50);
    const calls = numbers(40).map(call);
    await nextTurn();
    expect(served).toEqual(numbers(16));
    await nextTurn();
    expect(served).toEqual(numbers(32));
    await Promise.all(calls);
  });

  it('lets those that go on together take each step in a row', async () => {
    const line = new WaitingLine(() => 0);
    const steps: string[] = [];
    const call = async (name: number) => {
      await line.turn();
      steps.push(`begins ${name}`);
      await Promise.resolve();
      steps.push(`goes on ${name}`);
    };
    await Promise.all(numbers(3).map(call));
    expect(steps).toEqual([0, 1, 2].map((n) => `begins ${n}`).concat([0, 1, 2].map((n) => `goes on ${n}`)));
  });

  it('takes up who comes while the others of a turn are served', async () => {
    const { served, call } = aLine(1);
    await Promise.all([call(0).then(() => call(2)), call(1)]);
    expect(served).toEqual(numbers(3));
  });

  it('says how long a newcomer would wait once it has stood for half a second, and no longer', async () => {
    const { line, call } = aLine(50);
    const calls = numbers(60).map(call);
    await nextTurn();
    expect(line.waitMs).toBe(0);
    await nextTurn();
    expect(line.waitMs).toBe((60 - 2 * 16) * 50);
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
