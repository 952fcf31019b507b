import { Cell, FINEST } from './cell.js';
import { OTHER } from './bounded-names.js';

const FINEST_MS = FINEST * 1000;
/** Cells of either kind that may wait here; past it keys and tokens are counted as `(other)`. */
const MOST = 20_000;

type ByName<T> = Map<string, T>;

/**
 * The cells that calls are counted into right now. Looked up through nested maps: no string is built for a
 * call. Calls only ever add; `takeCalls` and `takeKeys` hand everything over and begin anew.
 */
export class CellBuffer {
  #start = 0;
  #callCells: ByName<ByName<ByName<Cell>>> = new Map();
  #keyCells: ByName<ByName<Cell>> = new Map();
  #calls: Cell[] = [];
  #keys: Cell[] = [];
  #olderKeys = 0;

  callCell(upstream: string, model: string, tokenId: string, now: number): Cell {
    if (this.#finished(now)) this.#turn(now);
    const models = inner(this.#callCells, upstream);
    const tokens = inner(models, model);
    const cell = tokens.get(tokenId);
    if (cell) return cell;
    if (this.#calls.length >= MOST && tokenId !== OTHER) return this.callCell(upstream, OTHER, OTHER, now);
    return this.#open(tokens, tokenId, this.#calls, { upstream, model, keyId: '', tokenId });
  }

  keyCell(upstream: string, keyId: string, now: number): Cell {
    if (this.#finished(now)) this.#turn(now);
    const keys = inner(this.#keyCells, upstream);
    const cell = keys.get(keyId);
    if (cell) return cell;
    if (this.#keys.length >= MOST && keyId !== OTHER) return this.keyCell(upstream, OTHER, now);
    return this.#open(keys, keyId, this.#keys, { upstream, model: '', keyId, tokenId: '' });
  }

  /** Cells of finished and of running slices. */
  takeCalls(): Cell[] {
    const taken = this.#calls;
    this.#calls = [];
    this.#callCells = new Map();
    return taken;
  }

  /**
   * Cells of keys. Where the running slice has more than `few`, they stay until it is finished: with
   * thousands of keys in turn, a row for each every second would be nine tenths waste.
   */
  takeKeys(now: number, few: number): Cell[] {
    if (this.#finished(now) || this.#keys.length - this.#olderKeys <= few) {
      const taken = this.#keys;
      this.#keys = [];
      this.#keyCells = new Map();
      this.#olderKeys = 0;
      return taken;
    }
    const taken = this.#keys.slice(0, this.#olderKeys);
    this.#keys = this.#keys.slice(this.#olderKeys);
    this.#olderKeys = 0;
    return taken;
  }

  /** Everything that waits, to be read at once and not kept. */
  *cells(): Iterable<Cell> {
    yield* this.#calls;
    yield* this.#keys;
  }

  #finished(now: number): boolean {
    return now >= this.#start + FINEST_MS || now < this.#start;
  }

  #turn(now: number): void {
    this.#start = Math.floor(now / FINEST_MS) * FINEST_MS;
    this.#callCells = new Map();
    this.#keyCells = new Map();
    this.#olderKeys = this.#keys.length;
  }

  #open(
    cells: ByName<Cell>,
    name: string,
    list: Cell[],
    names: Pick<Cell, 'upstream' | 'model' | 'keyId' | 'tokenId'>,
  ): Cell {
    const cell = new Cell({ span: FINEST, start: this.#start, ...names });
    cells.set(name, cell);
    list.push(cell);
    return cell;
  }
}

function inner<T>(outer: ByName<ByName<T>>, name: string): ByName<T> {
  let found = outer.get(name);
  if (!found) outer.set(name, (found = new Map<string, T>()));
  return found;
}
