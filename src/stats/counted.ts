import type { Cell } from './cell.js';
import { cellsIn } from './delta-sums.js';
import type { Deltas } from './deltas.js';

/** What was counted and is to be added to the slices: in cells, and of many keys in words. */
export interface Counted {
  readonly cells: readonly Cell[];
  readonly deltas: Deltas;
}

/** All of it in cells. */
export function cellsOf({ cells, deltas }: Counted): readonly Cell[] {
  return deltas.count === 0 ? cells : [...cells, ...cellsIn(deltas)];
}
