import type { CallRecord } from './call-record.js';
import { Histogram } from './histogram.js';
import { Tallies } from './tallies.js';

/** Seconds in one slice as it is recorded. */
export const FINEST = 10;

/**
 * Which slice a cell counts for. A call counts twice: once under its model and token (`keyId` empty), once
 * under the key that served it (`model` and `tokenId` empty). So the number of rows is tokens plus keys, not
 * tokens times keys, and sums over one half are exact.
 */
export interface CellKey {
  /** Seconds: 10, 60 or 3600. */
  readonly span: number;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly upstream: string;
  readonly model: string;
  readonly keyId: string;
  readonly tokenId: string;
}

/** Words in `tallies` beside the outcomes of calls; no outcome can begin so. */
export const FAILOVERS = '~failovers';
export const WAITS = '~waits';
/** Before the reason of an attempt's verdict, in the cells of keys. */
export const ATTEMPT = '@';
export const GOOD_ATTEMPT = `${ATTEMPT}ok`;

/** All that was counted of one slice, for one upstream and model and token, or for one key. */
export class Cell implements CellKey {
  calls = 0;
  failures = 0;
  attempts = 0;
  waitedMs = 0;
  inputTokens = 0;
  outputTokens = 0;
  cachedTokens = 0;
  cost = 0;
  readonly latency = new Histogram();
  readonly firstByte = new Histogram();
  readonly tallies = new Tallies();
  readonly span: number;
  readonly start: number;
  readonly upstream: string;
  readonly model: string;
  readonly keyId: string;
  readonly tokenId: string;

  constructor(key: CellKey) {
    this.span = key.span;
    this.start = key.start;
    this.upstream = key.upstream;
    this.model = key.model;
    this.keyId = key.keyId;
    this.tokenId = key.tokenId;
  }

  call(record: CallRecord, measured: Measured): void {
    this.calls += 1;
    if (measured.failed) this.failures += 1;
    this.waitedMs += record.waitedMs;
    this.inputTokens += measured.inputTokens;
    this.outputTokens += measured.outputTokens;
    this.cachedTokens += measured.cachedTokens;
    this.cost += measured.cost;
    this.latency.count(measured.latency);
    if (measured.firstByte >= 0) this.firstByte.count(measured.firstByte);
    this.tallies.count(measured.outcome);
  }

  /** The call and its good attempt, counted with the key that served it. */
  served(record: CallRecord, measured: Measured): void {
    if (record.goodAttempt) this.attempt(GOOD_ATTEMPT);
    this.call(record, measured);
  }

  /** How the call came to its key; counted with the model and token only. */
  way(record: CallRecord): void {
    this.attempts += record.attempts;
    if (record.attempts > 1) this.tallies.count(FAILOVERS, record.attempts - 1);
    if (record.waitedMs > 0) this.tallies.count(WAITS);
  }

  /** One attempt with this key. */
  attempt(word: string): void {
    this.attempts += 1;
    this.tallies.count(word);
  }

  add(other: Cell): void {
    this.calls += other.calls;
    this.failures += other.failures;
    this.attempts += other.attempts;
    this.waitedMs += other.waitedMs;
    this.inputTokens += other.inputTokens;
    this.outputTokens += other.outputTokens;
    this.cachedTokens += other.cachedTokens;
    this.cost += other.cost;
    this.latency.add(other.latency);
    this.firstByte.add(other.firstByte);
    this.tallies.add(other.tallies);
  }
}

/** What is worked out of a call once and counted in several places. One object serves all calls. */
export interface Measured {
  failed: boolean;
  cost: number;
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
  /** Bucket of the duration. */
  latency: number;
  /** Bucket of the time to the first byte; -1 where none left. */
  firstByte: number;
  outcome: string;
}

export function cellId(key: CellKey): string {
  return `${key.span} ${key.start} ${key.upstream}\n${key.model}\n${key.keyId}\n${key.tokenId}`;
}

/** Cells of the same slice and names become one, in order of first appearance. The given cells stay. */
export function mergeCells(cells: Iterable<Cell>, keyOf?: (cell: Cell) => CellKey): Cell[] {
  return [...mergedById(cells, keyOf).values()];
}

/** The same in the order in which every instance writes them, so that no two lock each other out. */
export function inKeyOrder(cells: Iterable<Cell>): Cell[] {
  return [...mergedById(cells)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

function mergedById(
  cells: Iterable<Cell>,
  keyOf: (cell: Cell) => CellKey = (cell) => cell,
): Map<string, Cell> {
  const merged = new Map<string, Cell>();
  for (const cell of cells) {
    const key = keyOf(cell);
    const id = cellId(key);
    let into = merged.get(id);
    if (!into) merged.set(id, (into = new Cell(key)));
    into.add(cell);
  }
  return merged;
}
