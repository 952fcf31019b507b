import { Cell, GOOD_ATTEMPT } from './cell.js';
import { type Delta, type DeltaGroup, type Deltas, type FullDelta, type OneCall, PARTS } from './deltas.js';
import { Tallies } from './tallies.js';

/** Different texts of outcomes that are remembered; nearly all calls have one of a few. */
const MOST_TEXTS = 1000;

const FULL_LENGTH: FullDelta['length'] = 12;

/** Cells of one slice of an upstream, by key. */
interface Slice {
  readonly span: number;
  readonly start: number;
  readonly upstream: string;
  readonly cells: Map<string, Cell>;
}

/** Adds up what was put down of keys, one cell for each key and slice. */
export class DeltaSums {
  readonly cells: Cell[] = [];
  readonly #slices = new Map<string, Slice>();
  readonly #outcomes = new Map<string, Tallies>();

  /** @param text an array of groups of deltas; text that is none is left out, as everywhere in statistics */
  add(text: string): void {
    for (const [span, start, upstream, ...deltas] of read(text)) {
      const slice = this.#sliceOf(span, start, upstream);
      for (const delta of deltas) if (Array.isArray(delta)) this.#addTo(this.#cellOf(delta[0], slice), delta);
    }
  }

  #sliceOf(span: number, start: number, upstream: string): Slice {
    const name = `${span} ${start} ${upstream}`;
    let slice = this.#slices.get(name);
    if (!slice) this.#slices.set(name, (slice = { span, start, upstream, cells: new Map<string, Cell>() }));
    return slice;
  }

  #cellOf(keyId: string, { span, start, upstream, cells }: Slice): Cell {
    let cell = cells.get(keyId);
    if (!cell) {
      cell = new Cell({ span, start, upstream, model: '', keyId, tokenId: '' });
      cells.set(keyId, cell);
      this.cells.push(cell);
    }
    return cell;
  }

  #addTo(cell: Cell, delta: Delta): void {
    if (isOne(delta)) addOne(cell, delta);
    else this.#addAll(cell, delta);
  }

  #addAll(cell: Cell, delta: FullDelta): void {
    cell.calls += delta[1];
    cell.failures += delta[2];
    cell.attempts += delta[3];
    cell.waitedMs += delta[4];
    cell.inputTokens += delta[5];
    cell.outputTokens += delta[6];
    cell.cachedTokens += delta[7];
    cell.cost += delta[8];
    cell.latency.addEncoded(delta[9]);
    cell.firstByte.addEncoded(delta[10]);
    cell.tallies.add(this.#outcomesOf(delta[11]));
  }

  #outcomesOf(text: string): Tallies {
    let outcomes = this.#outcomes.get(text);
    if (outcomes) return outcomes;
    outcomes = new Tallies();
    outcomes.addEncoded(text);
    if (this.#outcomes.size < MOST_TEXTS) this.#outcomes.set(text, outcomes);
    return outcomes;
  }
}

/** The cells that were put into words. */
export function cellsIn(deltas: Deltas): readonly Cell[] {
  const sums = new DeltaSums();
  for (let part = 0; part < PARTS; part += 1) for (const text of deltas.texts(part)) sums.add(text);
  return sums.cells;
}

function isOne(delta: Delta): delta is OneCall {
  return delta.length < FULL_LENGTH;
}

function addOne(cell: Cell, delta: OneCall): void {
  const [, latency, firstByte, inputTokens, outputTokens, cachedTokens = 0, cost = 0, waitedMs = 0] = delta;
  cell.calls += 1;
  cell.waitedMs += waitedMs;
  cell.inputTokens += inputTokens;
  cell.outputTokens += outputTokens;
  cell.cachedTokens += cachedTokens;
  cell.cost += cost;
  cell.latency.count(latency);
  if (firstByte >= 0) cell.firstByte.count(firstByte);
  cell.attempt(GOOD_ATTEMPT);
  cell.tallies.count('ok');
}

function read(text: string): readonly DeltaGroup[] {
  try {
    return JSON.parse(text) as DeltaGroup[];
  } catch {
    return [];
  }
}
