import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { newId } from '../kernel/ids.js';
import { Log } from '../logging/log.js';
import type { Cell } from './cell.js';
import { type Counted, cellsOf } from './counted.js';
import { Recorder } from './recorder.js';
import { SliceTable } from './slice-table.js';
import { Turns } from './turns.js';
import { Unflushed } from './unflushed.js';

/** Rows of one transaction: a thousand keys' worth and more, and short enough for others to write between. */
const ROWS = 2000;
/** Failures in a row, with a database that answers, after which a flush is given up. */
const PATIENCE = 10;

/** What is written in one transaction. */
interface Flush {
  readonly id: string;
  readonly counted: Counted;
  failures: number;
}

/**
 * Carries what the recorder counted to the database. A flush that failed is tried again as it was, under its
 * id, because it may have been committed; what came meanwhile waits behind it.
 */
@Injectable()
export class Flusher implements BeforeApplicationShutdown {
  readonly #waiting = new Unflushed();
  readonly #turns = new Turns();
  #sent: Flush | undefined;
  #queued: Promise<void> | undefined;

  constructor(
    private readonly recorder: Recorder,
    private readonly table: SliceTable,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /**
   * Writes everything that was counted until it begins, and stops at the first failure. Never rejects; one call
   * at most stands in line.
   */
  flush(): Promise<void> {
    this.#queued ??= this.#turns.take(async () => {
      this.#queued = undefined;
      this.#collect();
      do await this.#send();
      while (this.#sent === undefined && this.#waiting.size > 0);
    });
    return this.#queued;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /**
   * Runs `work` while nothing moves between memory and database. It gets the cells that are in memory alone,
   * to be read at once.
   */
  reading<T>(work: (unflushed: () => Iterable<Cell>) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      if (this.#sent && (await this.table.isFlushed(this.#sent.id))) this.#sent = undefined;
      return work(() => this.#unflushed());
    });
  }

  /** Runs other work on the slices between flushes. */
  between<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.take(work);
  }

  *#unflushed(): Iterable<Cell> {
    if (this.#sent) yield* cellsOf(this.#sent.counted);
    yield* this.#waiting.cells();
    yield* this.recorder.buffer.cells();
  }

  #collect(): void {
    const lost = this.#waiting.lost;
    this.#waiting.add(this.recorder.buffer.take());
    if (this.#waiting.lost > lost) {
      this.log.error(
        { rows: this.#waiting.lost - lost },
        'statistics given up: the database is away too long',
      );
    }
  }

  async #send(): Promise<void> {
    if (!this.#sent) {
      if (this.#waiting.size === 0) return;
      this.#sent = { id: newId(this.clock.now()), counted: this.#waiting.take(ROWS), failures: 0 };
    }
    const flush = this.#sent;
    try {
      await this.table.add(flush.id, flush.counted);
      if (flush.failures > 0) this.log.info({ failures: flush.failures }, 'statistics are written again');
      this.#sent = undefined;
    } catch (err) {
      flush.failures += 1;
      if (flush.failures === 1)
        this.log.warn({ err }, 'statistics could not be written; they are kept and tried again');
      if (flush.failures >= PATIENCE && (await this.table.answers())) this.#giveUp(flush, err);
    }
  }

  /** A flush that the database refuses for itself must not hold up all others for ever. */
  #giveUp(flush: Flush, err: unknown): void {
    const rows = flush.counted.cells.length + flush.counted.deltas.count;
    this.log.error({ err, rows }, 'statistics given up: the database refuses them');
    this.#sent = undefined;
  }
}
