import type { CallRecord } from './call-record.js';
import { Cell, FINEST, type Measured } from './cell.js';
import { OTHER } from './bounded-names.js';
import type { Counted } from './counted.js';
import { cellsIn } from './delta-sums.js';
import { Deltas } from './deltas.js';

/** Cells of either kind that may wait here; past it keys and tokens are counted as `(other)`. */
const MOST = 20_000;

/** Keys in a slice above which they are put into words, and the next slice of keys is a minute: fewer rows. */
const FEW_KEYS = 100;

type ByName<T> = Map<string, T>;

/** A running slice; `end` is its first millisecond that is not in it. */
interface Slice {
  readonly span: number;
  readonly start: number;
  readonly end: number;
}

const NONE: Slice = { span: FINEST, start: 0, end: 0 };

/**
 * The cells that calls are counted into right now. Looked up through nested maps: no string is built for a
 * call. Calls only ever add; `take` hands everything over and begins anew, so what is taken is only what has changed
 * since, and a cell may be taken in parts.
 */
export class CellBuffer {
  #callSlice = NONE;
  #callCells: ByName<ByName<ByName<Cell>>> = new Map();
  #calls: Cell[] = [];
  #keySlice = NONE;
  #keyCells: ByName<ByName<Cell>> = new Map();
  #keys: Cell[] = [];
  #deltas = new Deltas();
  /** Of the running slice, whether or not their cells were taken; only as many as it takes to be many. */
  readonly #keysSeen = new Set<string>();

  constructor(private readonly fewKeys = FEW_KEYS) {}

  callCell(upstream: string, model: string, tokenId: string, now: number): Cell {
    if (isOver(this.#callSlice, now)) this.#turnCalls(now);
    const tokens = inner(inner(this.#callCells, upstream), model);
    const cell = tokens.get(tokenId);
    if (cell) return cell;
    if (this.#calls.length >= MOST && tokenId !== OTHER) return this.callCell(upstream, OTHER, OTHER, now);
    const { span, start } = this.#callSlice;
    return open(tokens, tokenId, this.#calls, new Cell({ span, start, upstream, model, keyId: '', tokenId }));
  }

  keyCell(upstream: string, keyId: string, now: number): Cell {
    if (isOver(this.#keySlice, now)) this.#turnKeys(now);
    const keys = inner(this.#keyCells, upstream);
    const cell = keys.get(keyId);
    if (cell) return cell;
    if (this.#isFull && keyId !== OTHER) return this.keyCell(upstream, OTHER, now);
    if (!this.#areMany) this.#keysSeen.add(keyId);
    const { span, start } = this.#keySlice;
    return open(keys, keyId, this.#keys, new Cell({ span, start, upstream, model: '', keyId, tokenId: '' }));
  }

  /** Counts a call with the key that served it: of many keys in words, with no cell between. */
  keyCall(upstream: string, keyId: string, record: CallRecord, measured: Measured, now: number): void {
    if (this.#areMany && isGood(record) && !isOver(this.#keySlice, now) && !this.#isFull)
      this.#deltas.addCall(this.#keySlice, upstream, keyId, record.waitedMs, measured);
    else this.keyCell(upstream, keyId, now).served(record, measured);
  }

  /** Of many keys, what a batch of calls counted leaves the heap at once: cells and words die young. */
  putIntoWords(): void {
    this.#deltas.settle();
    if (!this.#areMany || this.#keys.length === 0) return;
    this.#deltas.add(this.#keys);
    this.#forgetKeys();
  }

  /** What was counted, of finished and of running slices. */
  take(): Counted {
    const taken = { cells: [...this.#calls, ...this.#keys], deltas: this.#deltas };
    this.#calls = [];
    this.#callCells = new Map();
    this.#deltas = new Deltas();
    this.#forgetKeys();
    return taken;
  }

  /** Everything that waits, to be read at once and not kept. */
  *cells(): Iterable<Cell> {
    yield* this.#calls;
    yield* this.#keys;
    yield* cellsIn(this.#deltas);
  }

  get #areMany(): boolean {
    return this.#keysSeen.size > this.fewKeys;
  }

  get #isFull(): boolean {
    return this.#keys.length + this.#deltas.weight >= MOST;
  }

  #forgetKeys(): void {
    this.#keys = [];
    this.#keyCells = new Map();
  }

  #turnCalls(now: number): void {
    this.#callSlice = sliceAt(FINEST, now);
    this.#callCells = new Map();
  }

  #turnKeys(now: number): void {
    this.#keySlice = sliceAt(this.#areMany ? 60 : FINEST, now);
    this.#keysSeen.clear();
    this.#keyCells = new Map();
  }
}

function isGood(record: CallRecord): boolean {
  return record.goodAttempt && record.outcome === 'ok';
}

function isOver(slice: Slice, now: number): boolean {
  return now >= slice.end || now < slice.start;
}

function sliceAt(span: number, now: number): Slice {
  const start = Math.floor(now / (span * 1000)) * span * 1000;
  return { span, start, end: start + span * 1000 };
}

function open(cells: ByName<Cell>, name: string, list: Cell[], cell: Cell): Cell {
  cells.set(name, cell);
  list.push(cell);
  return cell;
}

function inner<T>(outer: ByName<ByName<T>>, name: string): ByName<T> {
  let found = outer.get(name);
  if (!found) outer.set(name, (found = new Map<string, T>()));
  return found;
}
