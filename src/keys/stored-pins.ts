import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { LessThan, Like, Not } from 'typeorm';
import { Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import { Log } from '../logging/log.js';
import { type Pin, PinStore } from './pins.js';
import { PinnedResourceRow } from './rows/pinned-resource-row.js';

/** The column's width. A provider's resource names are far shorter. */
const LONGEST_NAME = 300;
/** Long enough to gather, short enough for a client that goes on with an answer by way of another process. */
const FLUSH_AFTER_MS = 100;
const CHUNK = 100;
/** While the database is out; what comes on top of them is not stored. */
const MOST_WAITING = 20_000;
/** Of answers and their items; files and cached contents, whose names have a slash, are few and not counted. */
const MOST_ANSWERS = 100_000;
/** So many may come on top before the oldest are deleted. */
const TRIM_EVERY = 5_000;
const OF_ANSWERS = Not(Like('%/%'));

type Row = Pick<PinnedResourceRow, 'upstreamId' | 'name' | 'keyId' | 'createdAt' | 'expiresAt'>;

@Injectable()
export class StoredPins extends PinStore implements BeforeApplicationShutdown {
  protected readonly mostAnswers: number = MOST_ANSWERS;
  protected readonly trimEvery: number = TRIM_EVERY;
  private waiting = new Map<string, Row>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private untrimmed = 0;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    super();
  }

  override async find(upstreamId: string, name: string): Promise<Pin | undefined> {
    if (name.length > LONGEST_NAME) return undefined;
    return (await this.store.manager.findOneBy(PinnedResourceRow, { upstreamId, name })) ?? undefined;
  }

  override async put(upstreamId: string, name: string, pin: Pin): Promise<void> {
    if (name.length > LONGEST_NAME) return;
    await this.write([this.rowOf(upstreamId, name, pin)]);
  }

  override putSoon(upstreamId: string, name: string, pin: Pin): void {
    if (name.length > LONGEST_NAME || this.waiting.size >= MOST_WAITING) return;
    this.waiting.set(`${name} ${upstreamId}`, this.rowOf(upstreamId, name, pin));
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, FLUSH_AFTER_MS).unref();
  }

  override async remove(upstreamId: string, name: string): Promise<void> {
    await this.store.write((tx) => tx.delete(PinnedResourceRow, { upstreamId, name }));
  }

  /** Writes what waits now. What cannot be written is given up: the answers stay where they are, and are good. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.writeWaiting());
    return this.writing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
  }

  private async writeWaiting(): Promise<void> {
    // One order for all instances, so that their transactions do not block each other.
    const rows = [...this.waiting].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    this.waiting = new Map();
    try {
      for (let at = 0; at < rows.length; at += CHUNK) await this.write(rows.slice(at, at + CHUNK));
      this.untrimmed += rows.length;
      if (this.untrimmed >= this.trimEvery) await this.trim();
    } catch (error) {
      this.log.warn(
        { err: error, answers: rows.length },
        'which keys made these answers could not be stored',
      );
    }
  }

  private write(rows: Row[]): Promise<unknown> {
    return this.store.write((tx) => tx.upsert(PinnedResourceRow, rows, ['upstreamId', 'name']));
  }

  private async trim(): Promise<void> {
    this.untrimmed = 0;
    const [newestTooMany] = await this.store.manager.find(PinnedResourceRow, {
      where: { name: OF_ANSWERS },
      select: { expiresAt: true, upstreamId: true, name: true },
      order: { expiresAt: 'DESC' },
      skip: this.mostAnswers,
      take: 1,
    });
    if (!newestTooMany) return;
    const expiresAt = LessThan(newestTooMany.expiresAt + 1);
    await this.store.write((tx) => tx.delete(PinnedResourceRow, { name: OF_ANSWERS, expiresAt }));
  }

  private rowOf(upstreamId: string, name: string, { keyId, expiresAt }: Pin): Row {
    return { upstreamId, name, keyId, createdAt: this.clock.now(), expiresAt };
  }
}
