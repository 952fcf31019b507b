import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '../logging/log.js';
import type { Colleagues } from '../workers/colleagues.js';
import { type Change, CHANGE_KINDS, ChangeFeed, EVERYTHING } from './change-feed.js';
import { changesAfter, currentVersion, mergeChanges, pruneChanges } from './change-log.js';
import { Store } from './store.js';

const POLL_MS = 500;
const BATCH = 1_000;
const KEEP_MS = 86_400_000;
const PRUNE_EVERY_MS = 3_600_000;
const FIRST_PRUNE_MS = 60_000;

/**
 * Follows what other instances write. While the database is out, what was last known stays in force.
 * Made before any room loads its snapshot, so that nothing that is written meanwhile is missed.
 */
export class ChangePoller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private broken = false;
  private stopped = false;
  private prunedAt = Date.now() - PRUNE_EVERY_MS + FIRST_PRUNE_MS;

  private constructor(
    private readonly store: Store,
    private readonly feed: ChangeFeed,
    private readonly log: Log,
    private version: number,
  ) {}

  static async create(
    store: Store,
    feed: ChangeFeed,
    log: Log,
    colleagues: Colleagues,
  ): Promise<ChangePoller> {
    const version = await currentVersion(store.manager);
    feed.lastOk = Date.now();
    const poller = new ChangePoller(store, feed, log, version);
    // Who changes something on one port must find it changed there at once, whichever worker answers next.
    if (colleagues.count > 1) {
      colleagues.onAsked('changes', () => poller.follow());
      feed.onNews(() => colleagues.ask('changes'));
    }
    return poller;
  }

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.polling;
  }

  /** Applies all that was written before the call. */
  private follow(): Promise<void> {
    // One that runs already may have looked too early.
    this.next ??= this.polling.then(() => {
      this.next = undefined;
      return this.poll();
    });
    return (this.polling = this.next);
  }

  /** Applies what is new; never rejects. */
  async poll(): Promise<void> {
    try {
      while (await this.step());
      this.feed.lastOk = Date.now();
      if (this.broken) this.log.info({}, 'configuration changes are followed again');
      this.broken = false;
      await this.pruneNowAndThen();
    } catch (error) {
      if (!this.broken) {
        this.log.error(
          { err: error },
          'configuration changes cannot be followed; the last known state stays in force',
        );
      }
      this.broken = true;
    }
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.follow().then(() => this.schedule());
    }, POLL_MS);
    this.timer.unref();
  }

  /** One batch; whether there may be more. */
  private async step(): Promise<boolean> {
    const newest = await currentVersion(this.store.manager);
    if (newest === this.version) return false;
    const batch = await changesAfter(this.store.manager, this.version, BATCH);
    // An older version is a database restored from a backup; a gap is a process that slept past the log.
    if (newest < this.version || batch.first !== this.version + 1) {
      await this.feed.deliver(CHANGE_KINDS.map((kind) => ({ kind, ref: EVERYTHING })));
      this.version = newest;
      return true;
    }
    const foreign = batch.changes.filter(({ version }) => !this.feed.isApplied(version));
    await this.deliver(foreign.map(({ change }) => change));
    this.version = batch.last;
    this.feed.forgetApplied(batch.last);
    return true;
  }

  private async deliver(changes: readonly Change[]): Promise<void> {
    if (changes.length > 0) await this.feed.deliver(mergeChanges(changes));
  }

  private async pruneNowAndThen(): Promise<void> {
    const now = Date.now();
    if (now - this.prunedAt < PRUNE_EVERY_MS) return;
    this.prunedAt = now;
    await this.store.write((tx) => pruneChanges(tx, now - KEEP_MS));
  }
}
