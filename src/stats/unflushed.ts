import { OTHER } from './bounded-names.js';
import { type Cell, type CellKey, mergeCells } from './cell.js';
import { cellsOf, type Counted } from './counted.js';
import { Deltas } from './deltas.js';

/** Cells past which what waits is counted less finely: by the minute, then by the hour and without names. */
const MANY = 20_000;
/** Cells past which the oldest are given up. */
const MOST = 50_000;

/** What waits for the database, in bounded memory however long it is away. */
export class Unflushed {
  #cells: Cell[] = [];
  #deltas = new Deltas();
  #coarsenAt: number;
  /** Cells given up for want of memory. */
  lost = 0;

  constructor(
    private readonly many = MANY,
    private readonly most = MOST,
  ) {
    this.#coarsenAt = many;
  }

  get size(): number {
    return this.#cells.length + this.#deltas.count;
  }

  cells(): readonly Cell[] {
    return cellsOf({ cells: this.#cells, deltas: this.#deltas });
  }

  add({ cells, deltas }: Counted): void {
    for (const cell of cells) this.#cells.push(cell);
    this.#deltas.addAll(deltas);
    if (this.#cells.length + this.#deltas.weight > this.#coarsenAt) this.#coarsen();
  }

  /** Takes up to `limit` of the oldest cells, and all that is in words. */
  take(limit: number): Counted {
    const taken = { cells: this.#cells.slice(0, limit), deltas: this.#deltas };
    this.#cells = this.#cells.slice(limit);
    this.#deltas = new Deltas();
    if (this.#cells.length === 0) this.#coarsenAt = this.many;
    return taken;
  }

  #coarsen(): void {
    this.#cells = mergeCells(this.cells(), byMinute);
    this.#deltas = new Deltas();
    if (this.#cells.length > this.many / 2) this.#cells = mergeCells(this.#cells, byHourWithoutNames);
    const over = this.#cells.length - this.most;
    if (over > 0) {
      this.#cells = this.#cells.slice(over);
      this.lost += over;
    }
    this.#coarsenAt = Math.max(this.many, 2 * this.#cells.length);
  }
}

function byMinute(cell: Cell): CellKey {
  return cell.span >= 60 ? cell : { ...namesOf(cell), ...sliceOf(cell, 60) };
}

function byHourWithoutNames(cell: Cell): CellKey {
  const names = namesOf(cell);
  return {
    ...names,
    ...sliceOf(cell, 3600),
    keyId: names.keyId && OTHER,
    tokenId: names.tokenId && OTHER,
  };
}

function sliceOf(cell: Cell, span: number): { span: number; start: number } {
  return { span, start: Math.floor(cell.start / (span * 1000)) * span * 1000 };
}

function namesOf({ upstream, model, keyId, tokenId }: Cell) {
  return { upstream, model, keyId, tokenId };
}
