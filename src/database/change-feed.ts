import { Injectable } from '@nestjs/common';

export const CHANGE_KINDS = ['upstreams', 'routes', 'keys', 'tokens', 'settings'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** In `ref`: everything of the kind may have changed; reload it whole. */
export const EVERYTHING = '*';

export interface Change {
  readonly kind: ChangeKind;
  /** Upstream id (`upstreams`, `keys`), route id, token id, setting name, or `EVERYTHING`. */
  readonly ref: string;
  /** Touched rows; absent = reload all of `ref`. */
  readonly ids?: readonly string[];
}

export type ChangeHandler = (changes: readonly Change[]) => Promise<void>;

/**
 * Tells the rooms what changed in the database, by this process or another instance. Deliveries come one
 * after the other, so a handler that reads the database when it is called always ends with the newest
 * state. A handler that throws is called again with the same changes: it must be repeatable. It must not
 * call `Store.write`, which would wait for itself.
 */
@Injectable()
export class ChangeFeed {
  private readonly handlers = new Map<ChangeKind, ChangeHandler[]>();
  private readonly appliedHere = new Set<number>();
  private tail: Promise<void> = Promise.resolve();

  /** When the database last told whether there is news, epoch milliseconds; 0 before the first time. */
  lastOk = 0;

  private announce: () => Promise<unknown> = () => Promise.resolve();

  /** How this process tells others of its port that there is news; resolves when they have applied it. */
  onNews(announce: () => Promise<unknown>): void {
    this.announce = announce;
  }

  /** There is news of this process's making. Never rejects, and waits a second at most. */
  async tellOthers(): Promise<void> {
    await this.announce().catch(() => undefined);
  }

  on(kind: ChangeKind, handler: ChangeHandler): void {
    this.handlers.set(kind, [...(this.handlers.get(kind) ?? []), handler]);
  }

  /** Calls the handlers; resolves when all have applied the changes, rejects with the first failure. */
  deliver(changes: readonly Change[]): Promise<void> {
    const delivery = this.tail.then(() => this.callHandlers(changes));
    this.tail = delivery.catch(() => undefined);
    return delivery;
  }

  /** Versions that this process wrote and applied itself, which the poller need not deliver again. */
  applied(versions: readonly number[]): void {
    for (const version of versions) this.appliedHere.add(version);
  }

  isApplied(version: number): boolean {
    return this.appliedHere.has(version);
  }

  /** Forgets the versions up to this one, which the poller has passed. */
  forgetApplied(upTo: number): void {
    for (const version of this.appliedHere) if (version <= upTo) this.appliedHere.delete(version);
  }

  private async callHandlers(changes: readonly Change[]): Promise<void> {
    for (const kind of CHANGE_KINDS) {
      const ofKind = changes.filter((change) => change.kind === kind);
      if (ofKind.length === 0) continue;
      for (const handler of this.handlers.get(kind) ?? []) await handler(ofKind);
    }
  }
}
