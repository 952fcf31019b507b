import { Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { DataSource, type EntityManager } from 'typeorm';
import { Log } from '../logging/log.js';
import { type Change, ChangeFeed } from './change-feed.js';
import { appendChanges, mergeChanges } from './change-log.js';
import { Reader } from './reader.js';
import { WalSync } from './wal-sync.js';
import { isWriteConflict } from './write-conflict.js';

/** Says what the transaction changes, for this process and the other instances. */
export type Note = (change: Change) => void;
export type Work<T> = (tx: EntityManager, note: Note) => Promise<T>;

interface Written<T> {
  readonly result: T;
  readonly changes: readonly Change[];
  readonly versions: readonly number[];
}

/** How often a transaction that collided with another is run. */
const TRIES = 4;
/**
 * How long a write waits for SQLite's file while another process writes. We ask again and again: SQLite itself would
 * hold up the event loop, and every call with it (open-database.ts tells it not to wait).
 */
const FILE_LOCK_MS = 10_000;
const FILE_LOCK_PAUSE_MS = 10;

/** The one door to the database: reads by `manager`, writes by `write`. */
@Injectable()
export class Store {
  private readonly sqlite: boolean;
  private readonly wal: WalSync | undefined;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly source: DataSource,
    private readonly reader: Reader,
    private readonly feed: ChangeFeed,
    private readonly log: Log,
  ) {
    const { options } = source;
    this.sqlite = options.type === 'better-sqlite3';
    if (options.type === 'better-sqlite3' && options.database !== ':memory:')
      this.wal = WalSync.of(options.database);
  }

  /** For reads only: on SQLite it cannot write, and nowhere does it see what `write` has not committed. */
  get manager(): EntityManager {
    return this.reader.manager;
  }

  /**
   * Runs `work` in one transaction. Every noted change gets a configuration version in the same transaction;
   * after the commit this process applies the changes before `write` returns, and the other instances follow
   * within a second. When `write` returns, the rows are safe against a kill and a power failure.
   *
   * `work` uses `tx` alone, does not call `write` (on SQLite it would wait for itself), and may be run again
   * from its start when it collides with another transaction: nothing but `tx` and `note` may remember it.
   */
  async write<T>(work: Work<T>): Promise<T> {
    const { result, changes, versions } = await (this.sqlite ? this.inTurn(work) : this.untilDone(work));
    await this.wal?.settled();
    if (changes.length > 0) await this.apply(changes, versions);
    return result;
  }

  /** SQLite has one connection, where two transactions at once would become one. */
  private inTurn<T>(work: Work<T>): Promise<Written<T>> {
    const turn = this.tail.then(() => this.untilDone(work));
    this.tail = turn.catch(() => undefined);
    return turn;
  }

  private async untilDone<T>(work: Work<T>): Promise<Written<T>> {
    const began = performance.now();
    for (let tries = 1; ; tries++) {
      try {
        return await (this.sqlite
          ? this.source.transaction((tx) => this.run(tx, work))
          : this.source.transaction('READ COMMITTED', (tx) => this.run(tx, work)));
      } catch (error) {
        const isPatient = this.sqlite ? performance.now() - began < FILE_LOCK_MS : tries < TRIES;
        if (!isPatient || !isWriteConflict(error)) throw error;
        await wait(Math.random() * (this.sqlite ? FILE_LOCK_PAUSE_MS : 20 * 2 ** tries));
      }
    }
  }

  private async run<T>(tx: EntityManager, work: Work<T>): Promise<Written<T>> {
    // Takes SQLite's write lock at once: a transaction that reads first and writes later cannot wait for it.
    if (this.sqlite) await tx.query('UPDATE config_version SET version = version WHERE id = 0');
    const noted: Change[] = [];
    const result = await work(tx, (change) => noted.push(change));
    const changes = mergeChanges(noted);
    return { result, changes, versions: changes.length > 0 ? await appendChanges(tx, changes) : [] };
  }

  private async apply(changes: readonly Change[], versions: readonly number[]): Promise<void> {
    try {
      await this.feed.deliver(changes);
      this.feed.applied(versions);
    } catch (error) {
      // The write is done and stays done; the poller delivers it again until it is applied.
      this.log.error({ err: error }, 'a change is stored but not yet in force, trying again');
    }
    await this.feed.tellOthers();
  }
}
