import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Store } from '../database/store.js';
import { isUniqueViolation } from '../database/unique-violation.js';
import { Clock } from '../kernel/clock.js';
import { type Cell, inKeyOrder } from './cell.js';
import type { Counted } from './counted.js';
import { deltasAfter, oldestDeltas, putDeltas, removeDeltas, TEXTS_AT_ONCE } from './delta-sql.js';
import { DeltaSums } from './delta-sums.js';
import { PARTS } from './deltas.js';
import { addCells, cellsBetween, dialectOf, ROWS_AT_ONCE, run, sliceSizes } from './slice-sql.js';

const PAGE = 200;

/** The slices at rest: written once each, read in pages that leave the event loop air. */
@Injectable()
export class SliceTable {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  /** Adds what was counted in one transaction, or does nothing where a flush of this id was committed before. */
  async add(flushId: string, { cells, deltas }: Counted): Promise<void> {
    try {
      await this.store.write(async (tx) => {
        await run(tx, 'INSERT INTO stats_flushes (id, at) VALUES (?, ?)', [flushId, this.clock.now()]);
        await putDeltas(tx, flushId, deltas);
        await addAll(tx, inKeyOrder(cells));
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }

  /**
   * Adds what was put down of one part of many keys to their rows, in one transaction. Any number of instances may
   * do it at once, for all of them. Resolves with whether there may be more.
   */
  mergeDeltas(part: number): Promise<boolean> {
    return this.store.write(async (tx) => {
      const deltas = await oldestDeltas(tx, part);
      if (deltas.length === 0) return false;
      const sums = new DeltaSums();
      for (const some of deltas) {
        sums.add(some.cells);
        await breathe();
      }
      await addAll(tx, inKeyOrder(sums.cells));
      await removeDeltas(tx, part, deltas);
      return deltas.length === TEXTS_AT_ONCE;
    });
  }

  async isFlushed(flushId: string): Promise<boolean> {
    const select = 'SELECT id FROM stats_flushes WHERE id = ?';
    return (await run(this.store.manager, select, [flushId])).length > 0;
  }

  /** Whether the database answers at all. */
  async answers(): Promise<boolean> {
    return this.store.manager.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  /** Visits every row of these spans that ends after `from`, and what is to be added to them, as of one moment. */
  async visit(spans: readonly number[], from: number, see: (cells: readonly Cell[]) => void): Promise<void> {
    await this.#asOfNow(async (manager) => {
      for (const span of spans) {
        for (const range of inPages(await sliceSizes(manager, span, from - span * 1000))) {
          for (let offset = 0; offset < range.rows; offset += PAGE) {
            see(await cellsBetween(manager, { span, ...range }, PAGE, offset));
            await breathe();
          }
        }
      }
      for (let part = 0; part < PARTS; part += 1) {
        const sums = await this.#deltas(manager, part);
        see(sums.cells.filter(({ start, span }) => start + span * 1000 > from));
      }
    });
  }

  async #deltas(manager: EntityManager, part: number): Promise<DeltaSums> {
    const sums = new DeltaSums();
    let some = await deltasAfter(manager, part, '');
    while (some.length > 0) {
      for (const one of some) {
        sums.add(one.cells);
        await breathe();
      }
      some = await deltasAfter(manager, part, some.at(-1)!.id);
    }
    return sums;
  }

  /** SQLite has one process, whose own work on slices takes turns; elsewhere other instances may write between. */
  #asOfNow(work: (manager: EntityManager) => Promise<void>): Promise<void> {
    const manager = this.store.manager;
    if (dialectOf(manager) === 'sqlite') return work(manager);
    return manager.transaction('REPEATABLE READ', work);
  }
}

async function addAll(tx: EntityManager, cells: readonly Cell[]): Promise<void> {
  for (let i = 0; i < cells.length; i += ROWS_AT_ONCE) {
    if (i > 0) await breathe();
    await addCells(tx, cells.slice(i, i + ROWS_AT_ONCE));
  }
}

/** Neighbouring slices together as long as they fit a page. */
function inPages(sizes: readonly { start: number; rows: number }[]) {
  const pages: { first: number; last: number; rows: number }[] = [];
  for (const { start, rows } of sizes) {
    const page = pages.at(-1);
    if (page && page.rows + rows <= PAGE) {
      page.last = start;
      page.rows += rows;
    } else pages.push({ first: start, last: start, rows });
  }
  return pages;
}
