import { describe, expect, it } from 'vitest';
import { OTHER } from './bounded-names.js';
import { Cell } from './cell.js';
import { cellsOf } from './counted.js';
import { Deltas } from './deltas.js';
import { Unflushed } from './unflushed.js';

function cells(count: number, start: (i: number) => number, keyId: (i: number) => string): Cell[] {
  return Array.from({ length: count }, (_, i) => {
    const names = { upstream: 'openai', model: '', keyId: keyId(i), tokenId: '' };
    const cell = new Cell({ span: 10, start: start(i), ...names });
    cell.calls = 1;
    return cell;
  });
}

function inWords(some: readonly Cell[]): Deltas {
  const deltas = new Deltas();
  deltas.add(some);
  return deltas;
}

/** Half of it in words. */
function half(all: readonly Cell[]) {
  const middle = all.length >> 1;
  return { cells: all.slice(0, middle), deltas: inWords(all.slice(middle)) };
}

const inCells = (all: readonly Cell[]) => ({ cells: all, deltas: new Deltas() });
const calls = (all: readonly Cell[]) => all.reduce((sum, cell) => sum + cell.calls, 0);

describe('Unflushed', () => {
  it('hands out the oldest first', () => {
    const waiting = new Unflushed();
    waiting.add(
      inCells(
        cells(
          7,
          (i) => i * 10_000,
          (i) => `key-${i}`,
        ),
      ),
    );
    expect(waiting.take(6).cells.map((cell) => cell.start)).toEqual(
      [0, 1, 2, 3, 4, 5].map((i) => i * 10_000),
    );
    expect(waiting.size).toBe(1);
  });

  it('hands out all that is in words with the first cells', () => {
    const waiting = new Unflushed();
    const some = cells(
      30,
      () => 0,
      (i) => `key-${i}`,
    );
    for (let i = 0; i < 3; i++) waiting.add(half(some));
    expect(waiting.size).toBe(90);
    const taken = waiting.take(20);
    expect([taken.cells.length, taken.deltas.count]).toEqual([20, 45]);
    expect(calls(cellsOf(taken))).toBe(20 + 45);
    expect(waiting.size).toBe(25);
  });

  it('counts by the minute when too much waits, and loses no call', () => {
    const waiting = new Unflushed(20, 100);
    waiting.add(
      inCells(
        cells(
          21,
          (i) => i * 10_000,
          () => 'key',
        ),
      ),
    );
    expect(waiting.size).toBe(4);
    expect(waiting.cells()[0]).toMatchObject({ span: 60, start: 0, calls: 6, keyId: 'key' });
    expect(calls(waiting.cells())).toBe(21);
  });

  it('does so with what is in words when that takes as much memory, and not before', () => {
    const waiting = new Unflushed(20, 100);
    const some = cells(
      50,
      (i) => i * 10_000,
      () => 'key',
    );
    for (let i = 0; i < 2; i++) waiting.add({ cells: [], deltas: inWords(some) });
    expect(waiting.size).toBe(100);
    waiting.add({ cells: [], deltas: inWords(some.slice(0, 1)) });
    expect(waiting.size).toBe(9);
    expect(waiting.cells()[0]).toMatchObject({ span: 60, start: 0, calls: 13, keyId: 'key' });
    expect(calls(waiting.cells())).toBe(101);
  });

  it('then by the hour without names', () => {
    const waiting = new Unflushed(20, 100);
    waiting.add(
      inCells(
        cells(
          40,
          () => 3_650_000,
          (i) => `key-${i}`,
        ),
      ),
    );
    expect(waiting.cells()).toHaveLength(1);
    expect(waiting.cells()[0]).toMatchObject({ span: 3600, start: 3_600_000, keyId: OTHER, calls: 40 });
  });

  it('gives up the oldest at last, and says how many', () => {
    const waiting = new Unflushed(20, 30);
    waiting.add(
      inCells(
        cells(
          50,
          (i) => i * 3_600_000,
          () => 'key',
        ),
      ),
    );
    expect(waiting.size).toBe(30);
    expect(waiting.lost).toBe(20);
    expect(waiting.cells()[0]!.start).toBe(20 * 3_600_000);
  });
});
