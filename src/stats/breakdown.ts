import { Cell, cellId, type CellKey } from './cell.js';

const NAMELESS: CellKey = { span: 0, start: 0, upstream: '', model: '', keyId: '', tokenId: '' };

/** Entries of a breakdown that are shown. */
export const SHOWN = 100;

/** Sums of cells by a part of their names. */
export class Breakdown {
  readonly #sums = new Map<string, Cell>();

  constructor(private readonly by: (cell: Cell) => Partial<CellKey>) {}

  add(cell: Cell): void {
    const key = { ...NAMELESS, ...this.by(cell) };
    const id = cellId(key);
    let sum = this.#sums.get(id);
    if (!sum) this.#sums.set(id, (sum = new Cell(key)));
    sum.add(cell);
  }

  /** The entries with most calls, then most attempts, then by name. */
  top(): Cell[] {
    const entries = [...this.#sums].map(([id, sum]) => ({ id, sum }));
    entries.sort((a, b) => weigh(a.sum, b.sum) || (a.id < b.id ? -1 : 1));
    return entries.slice(0, SHOWN).map(({ sum }) => sum);
  }
}

function weigh(a: Cell, b: Cell): number {
  return b.calls - a.calls || b.attempts - a.attempts;
}
