import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Store } from '../database/store.js';
import { isUniqueViolation } from '../database/unique-violation.js';
import { Clock } from '../kernel/clock.js';
import type { Cell } from './cell.js';
import { addCells, cellsBetween, dialectOf, ROWS_AT_ONCE, run, sliceSizes } from './slice-sql.js';

const PAGE = 200;

/** The slices at rest: written once each, read in pages that leave the event loop air. */
@Injectable()
export class SliceTable {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  /** Adds the cells in one transaction, or does nothing where a flush of this id was committed before. */
  async add(flushId: string, cells: readonly Cell[]): Promise<void> {
    try {
      await this.store.write(async (tx) => {
        await run(tx, 'INSERT INTO stats_flushes (id, at) VALUES (?, ?)', [flushId, this.clock.now()]);
        for (let i = 0; i < cells.length; i += ROWS_AT_ONCE) {
          if (i > 0) await breathe();
          await addCells(tx, cells.slice(i, i + ROWS_AT_ONCE));
        }
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
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

  /** Visits every row of these spans that ends after `from`, as of one moment. */
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
    });
  }

  /** SQLite has one process, whose own work on slices takes turns; elsewhere other instances may write between. */
  #asOfNow(work: (manager: EntityManager) => Promise<void>): Promise<void> {
    const manager = this.store.manager;
    if (dialectOf(manager) === 'sqlite') return work(manager);
    return manager.transaction('REPEATABLE READ', work);
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
