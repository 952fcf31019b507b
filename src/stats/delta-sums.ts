import { Cell } from './cell.js';

/** A cell of a key in short: what it is of, its counts, and its texts. */
type Delta = readonly [
  span: number,
  start: number,
  upstream: string,
  keyId: string,
  calls: number,
  failures: number,
  attempts: number,
  waitedMs: number,
  inputTokens: number,
  outputTokens: number,
  cachedTokens: number,
  cost: number,
  latency: string,
  firstByte: string,
  outcomes: string,
];

/** One cell of a key, as an element of an array in JSON. */
export function encodeDelta(cell: Cell): string {
  const { span, start, upstream, keyId, calls, failures, attempts } = cell;
  const { inputTokens, outputTokens, cachedTokens, cost } = cell;
  const waitedMs = Math.round(cell.waitedMs);
  const delta: Delta = [
    ...([span, start, upstream, keyId] as const),
    ...([calls, failures, attempts, waitedMs] as const),
    ...([inputTokens, outputTokens, cachedTokens, cost] as const),
    ...([cell.latency.encode(), cell.firstByte.encode(), cell.tallies.encode()] as const),
  ];
  return JSON.stringify(delta);
}

/** Adds up what was put down of keys, one cell for each key and slice. */
export class DeltaSums {
  readonly cells: Cell[] = [];
  readonly #slices = new Map<string, Map<string, Cell>>();

  /** @param text an array of deltas; text that is none is left out, as everywhere in statistics */
  add(text: string): void {
    for (const delta of read(text)) addTo(this.#cellFor(delta), delta);
  }

  #cellFor([span, start, upstream, keyId]: Delta): Cell {
    const name = `${span} ${start} ${upstream}`;
    let keys = this.#slices.get(name);
    if (!keys) this.#slices.set(name, (keys = new Map<string, Cell>()));
    let cell = keys.get(keyId);
    if (!cell) {
      cell = new Cell({ span, start, upstream, model: '', keyId, tokenId: '' });
      keys.set(keyId, cell);
      this.cells.push(cell);
    }
    return cell;
  }
}

function addTo(cell: Cell, delta: Delta): void {
  const [, , , , calls, failures, attempts, waitedMs, input, output, cached, cost, ...texts] = delta;
  const [latency, firstByte, outcomes] = texts;
  cell.calls += calls;
  cell.failures += failures;
  cell.attempts += attempts;
  cell.waitedMs += waitedMs;
  cell.inputTokens += input;
  cell.outputTokens += output;
  cell.cachedTokens += cached;
  cell.cost += cost;
  cell.latency.addEncoded(latency);
  cell.firstByte.addEncoded(firstByte);
  cell.tallies.addEncoded(outcomes);
}

function read(text: string): readonly Delta[] {
  try {
    return JSON.parse(text) as Delta[];
  } catch {
    return [];
  }
}
