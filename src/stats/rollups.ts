import { setImmediate as breathe } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import { type Cell, type CellKey, FINEST, mergeCells } from './cell.js';
import { Flusher } from './flusher.js';
import { addCells, cellsAt, oldestCells, type Range, removeCells, ROWS_AT_ONCE } from './slice-sql.js';

const HOUR = 3_600_000;
/** Rows that one transaction takes in, a hundred at a time. */
const MOST = 5 * ROWS_AT_ONCE;

/**
 * Slices of `from` seconds become slices of `to` once they are older than `afterMs`. Keys are many, so theirs
 * are the first to go, and an hour at a time.
 */
export const ROLLUPS = [
  { of: 'keys', from: FINEST, to: 3600, afterMs: HOUR },
  { of: 'keys', from: 60, to: 3600, afterMs: HOUR },
  { of: 'calls', from: FINEST, to: 60, afterMs: 2 * HOUR },
  { of: 'calls', from: 60, to: 3600, afterMs: 25 * HOUR },
] as const;

type Rollup = (typeof ROLLUPS)[number];

/**
 * Makes old slices coarser. A few hundred rows are one transaction: they are locked, removed and added to the row
 * that takes them in, so any number of instances may do it at once and a kill between two harms nothing.
 */
@Injectable()
export class Rollups implements BeforeApplicationShutdown {
  readonly #doneUntil = new Map<Rollup, number>();
  #stopped = false;

  constructor(
    private readonly store: Store,
    private readonly flusher: Flusher,
    private readonly clock: Clock,
  ) {}

  beforeApplicationShutdown(): void {
    this.#stopped = true;
  }

  /** Rolls up all that is due; resolves with the number of rows that were taken in. */
  async compact(): Promise<number> {
    let sum = 0;
    for (const rollup of ROLLUPS) {
      const unit = rollup.to * 1000;
      // Only whole target slices: each is looked for once, when it becomes due.
      const before = Math.floor((this.clock.now() - rollup.afterMs) / unit) * unit;
      if (this.#doneUntil.get(rollup) === before) continue;
      sum += await this.#rollUp(rollup, before);
      if (!this.#stopped) this.#doneUntil.set(rollup, before);
    }
    return sum;
  }

  async #rollUp({ of, from: span, to }: Rollup, before: number): Promise<number> {
    const done = { rows: 0, from: 0, more: true };
    while (done.more && !this.#stopped) {
      const { rows, last } = await this.flusher.between(() =>
        this.#some({ span, of, from: done.from, before }, to),
      );
      done.rows += rows;
      done.from = last;
      done.more = rows === MOST;
    }
    return done.rows;
  }

  /** One transaction; resolves with its number of old rows and where the last began. */
  #some(range: Range, to: number): Promise<{ rows: number; last: number }> {
    return this.store.write(async (tx) => {
      let [rows, last] = [0, range.from];
      for (let more = true; more && rows < MOST; await breathe()) {
        const old = await oldestCells(tx, { ...range, from: last }, ROWS_AT_ONCE);
        if (old.length > 0) await takeIn(tx, old, to);
        rows += old.length;
        last = old.at(-1)?.start ?? last;
        more = old.length === ROWS_AT_ONCE;
      }
      return { rows, last };
    });
  }
}

async function takeIn(tx: EntityManager, old: readonly Cell[], span: number): Promise<void> {
  const coarser = mergeCells(old, (cell) => intoSlice(cell, span));
  // What stands there already is written anew with it, or its joined texts would grow without end.
  const standing = await cellsAt(tx, coarser);
  await removeCells(tx, [...old, ...standing]);
  await addCells(tx, mergeCells([...standing, ...coarser]));
}

function intoSlice({ start, upstream, model, keyId, tokenId }: CellKey, span: number): CellKey {
  const unit = span * 1000;
  return { span, start: Math.floor(start / unit) * unit, upstream, model, keyId, tokenId };
}
