import { describe, expect, it } from 'vitest';
import { callRecord } from './call-record.fixture.js';
import { Cell, type CellKey, type Measured } from './cell.js';
import { cellsIn, DeltaSums } from './delta-sums.js';
import { Deltas, PARTS } from './deltas.js';

const KEY: CellKey = {
  span: 60,
  start: 60_000,
  upstream: 'openai',
  model: '',
  keyId: 'key "1", of\nmany',
  tokenId: '',
};

const GOOD: Measured = {
  ...{ failed: false, cost: 0, inputTokens: 7, outputTokens: 0, cachedTokens: 0 },
  ...{ latency: 40, firstByte: 0, outcome: 'ok' },
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

function inWords(...cells: readonly Cell[]): Deltas {
  const deltas = new Deltas();
  deltas.add(cells);
  return deltas;
}

const textsOf = (deltas: Deltas) => Array.from({ length: PARTS }, (_, part) => deltas.texts(part)).flat();

describe('sums of deltas', () => {
  it('have all that a cell of a key has', () => {
    const sums = new DeltaSums();
    for (const text of textsOf(inWords(aCell()))) sums.add(text);
    expect(sums.cells).toEqual([aCell()]);
  });

  it('have all that is counted of one good call, which takes a few words', () => {
    const key = { ...KEY, keyId: 'key-1' };
    const deltas = (measured: Measured, waitedMs: number) => {
      const one = new Deltas();
      one.addCall(key, key.upstream, key.keyId, waitedMs, measured);
      return one;
    };
    const sizes = [
      { waitedMs: 0 },
      ...[{ waitedMs: 3 }, { waitedMs: 0, cost: 0.5 }, { waitedMs: 0, cachedTokens: 3 }],
      { waitedMs: 0, firstByte: -1 },
    ].map(({ waitedMs, ...more }) => {
      const measured = { ...GOOD, ...more };
      const cell = new Cell(key);
      cell.served(callRecord({ waitedMs }), measured);
      expect(cellsIn(deltas(measured, waitedMs))).toEqual([cell]);
      return textsOf(deltas(measured, waitedMs)).join('').length;
    });
    expect(Math.max(...sizes)).toBeLessThan(60);
    expect(textsOf(inWords(aCell())).join('').length).toBeGreaterThan(60);
  });

  it('are one cell for each key and slice, whatever text it came in', () => {
    const deltas = inWords();
    const others = [{ keyId: 'key-2' }, { start: 120_000 }, { upstream: 'other' }].map(aCell);
    deltas.add([aCell(), ...others]);
    deltas.addAll(inWords(aCell(), aCell()));
    const three = aCell();
    for (let i = 0; i < 2; i += 1) three.add(aCell());
    expect(deltas.count).toBe(6);
    const sums = cellsIn(deltas);
    expect(sums).toHaveLength(4);
    expect(sums).toEqual(expect.arrayContaining([three, ...others]));
  });

  it('fit a column, however many there are, and each part has its own keys', () => {
    const deltas = new Deltas();
    for (let batch = 0; batch < 30; batch += 1) {
      deltas.add(Array.from({ length: 500 }, (_, i) => aCell({ keyId: `key-${batch}-${i}` })));
    }
    const wide = Array.from({ length: 60 }, (_, i) => aCell({ keyId: `wide-${i}-1` }));
    for (const cell of wide) for (let bucket = 0; bucket < 400; bucket += 1) cell.latency.count(bucket);
    deltas.add(wide);
    for (let i = 0; i < 20_000; i += 1) deltas.addCall(KEY, 'openai', `call-${i}`, 0, GOOD);
    const texts = textsOf(deltas);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(49_200);
    expect(Math.min(...texts.slice(0, 2).map((text) => text.length))).toBeGreaterThan(20_000);
    expect(cellsIn(deltas)).toHaveLength(35_060);
  });

  it.each(['', '[', '[[60,', '[[60,0,"openai","key-1",1,0]]'])(
    'leave out what is no such text: %s',
    (text) => {
      const sums = new DeltaSums();
      sums.add(text);
      expect(sums.cells).toEqual([]);
    },
  );
});
