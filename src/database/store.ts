import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Change, ChangeFeed } from './change-feed.js';

export type Note = (change: Change) => void;

/** The one door to the database: reads by `manager`, writes by `write`. */
@Injectable()
export class Store {
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly source: DataSource,
    private readonly feed: ChangeFeed,
  ) {}

  /** For reads. */
  get manager(): EntityManager {
    return this.source.manager;
  }

  /**
   * Runs `work` in one transaction; what it notes is applied in this process before `write` returns.
   */
  async write<T>(work: (tx: EntityManager, note: Note) => Promise<T>): Promise<T> {
    const turn = this.tail.then(() => this.transact(work));
    this.tail = turn.catch(() => undefined);
    const { result, changes } = await turn;
    if (changes.length > 0) await this.feed.deliver(changes);
    return result;
  }

  private async transact<T>(work: (tx: EntityManager, note: Note) => Promise<T>) {
    const changes: Change[] = [];
    const result = await this.source.transaction((tx) => work(tx, (change) => changes.push(change)));
    return { result, changes };
  }
}
