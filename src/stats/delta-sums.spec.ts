import { describe, expect, it } from 'vitest';
import { Cell, type CellKey } from './cell.js';
import { DeltaSums, encodeDelta } from './delta-sums.js';

const KEY: CellKey = {
  span: 60,
  start: 60_000,
  upstream: 'openai',
  model: '',
  keyId: 'key "1", of\nmany',
  tokenId: '',
};

function aCell(key: Partial<CellKey> = {}): Cell {
  const cell = new Cell({ ...KEY, ...key });
  cell.calls = 2;
  cell.failures = 1;
  cell.attempts = 3;
  cell.waitedMs = 250;
  cell.inputTokens = 100;
  cell.outputTokens = 20;
  cell.cachedTokens = 10;
  cell.cost = 0.1;
  for (const bucket of [40, 300]) cell.latency.count(bucket);
  cell.firstByte.count(40);
  cell.tallies.count('ok', 2);
  cell.tallies.count('@ok', 3);
  return cell;
}

const textOf = (...cells: readonly Cell[]) => `[${cells.map(encodeDelta).join(',')}]`;

describe('sums of deltas', () => {
  it('have all that a cell of a key has', () => {
    const sums = new DeltaSums();
    sums.add(textOf(aCell()));
    expect(sums.cells).toEqual([aCell()]);
  });

  it('are one cell for each key and slice, whatever text it came in', () => {
    const sums = new DeltaSums();
    const others = [{ keyId: 'key-2' }, { start: 120_000 }, { upstream: 'other' }].map(aCell);
    sums.add(textOf(aCell(), ...others));
    sums.add(textOf(aCell(), aCell()));
    const three = aCell();
    for (let i = 0; i < 2; i += 1) three.add(aCell());
    expect(sums.cells).toEqual([three, ...others]);
  });

  it.each(['', '[', '[[60,'])('leave out what is no such text: %s', (text) => {
    const sums = new DeltaSums();
    sums.add(text);
    expect(sums.cells).toEqual([]);
  });
});
