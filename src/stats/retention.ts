import { setImmediate as breathe } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import { Flusher } from './flusher.js';
import { oldestCells, removeCells, ROWS_AT_ONCE, run } from './slice-sql.js';

const DAY = 86_400_000;
/** How long slices of an hour are kept. */
export const SLICES_KEPT = 90 * DAY;
/** How long the proof of a flush is kept: longer than a flush may be tried again. */
export const FLUSHES_KEPT = 2 * DAY;

/** Removes what is past its time, a hundred rows at a time. */
@Injectable()
export class Retention implements BeforeApplicationShutdown {
  #stopped = false;

  constructor(
    private readonly store: Store,
    private readonly flusher: Flusher,
    private readonly clock: Clock,
  ) {}

  beforeApplicationShutdown(): void {
    this.#stopped = true;
  }

  async prune(): Promise<void> {
    const now = this.clock.now();
    await this.#whileFull(() => this.#slices(now - SLICES_KEPT));
    await this.#whileFull(() => this.#flushes(now - FLUSHES_KEPT));
  }

  async #whileFull(remove: () => Promise<number>): Promise<void> {
    for (let rows = ROWS_AT_ONCE; rows === ROWS_AT_ONCE && !this.#stopped; await breathe()) {
      rows = await this.flusher.between(remove);
    }
  }

  #slices(before: number): Promise<number> {
    return this.store.write(async (tx) => {
      const old = await oldestCells(tx, { span: 3600, from: 0, before }, ROWS_AT_ONCE);
      await removeCells(tx, old);
      return old.length;
    });
  }

  #flushes(before: number): Promise<number> {
    return this.store.write(async (tx) => {
      const select = `SELECT id FROM stats_flushes WHERE at < ? LIMIT ${ROWS_AT_ONCE}`;
      const ids = (await run<{ id: string }>(tx, select, [before])).map((row) => row.id);
      if (ids.length === 0) return 0;
      await run(tx, `DELETE FROM stats_flushes WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
      return ids.length;
    });
  }
}
