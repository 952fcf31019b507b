import type { MaybePromise } from '../../kernel/maybe-promise.js';
import type { RedisLink } from '../redis-link.js';
import { Backlog } from './backlog.js';
import type { BucketAsk, BucketChange, Reserved } from './bucket-ask.js';
import type { Asking, Changing } from './limit-batch.js';
import { SharedLimits, type SharedLimitsOptions } from './shared-limits.js';

/** Slots are told anew so often; Redis forgets them after 30 s, and with them those of an instance that was killed. */
const REFRESH_MS = 10_000;

/** Who uses limits that are kept in Redis. */
export interface LimitHolder {
  /** What this instance has used within the windows, for a Redis that does not know it; `isLost`: it did before. */
  used(scope: string, isLost: boolean): readonly BucketChange[];
  /** Own calls in flight in buckets that limit them, by scope. */
  busy(): Iterable<readonly [string, readonly BucketChange[]]>;
  /** The state is shared again after this instance was alone. */
  back(): void;
}

/** Shared limits that survive the loss of Redis: what cannot be told is kept, and told when it is back. */
export class LimitKeeper {
  private readonly shared: SharedLimits;
  private readonly backlog = new Backlog();
  private readonly opened = new Set<string>();

  /** @param kind of scopes: the first part of their keys' names */
  constructor(
    private readonly link: RedisLink,
    kind: string,
    private readonly holder: LimitHolder,
    options: Partial<SharedLimitsOptions> = {},
  ) {
    this.shared = new SharedLimits(link, kind, (scope, isLost) => holder.used(scope, isLost), options);
    link.onBack(() => this.comeBack());
    setInterval(() => this.refresh(), REFRESH_MS).unref();
  }

  /** Lets Redis know of the scope before its first call. */
  open(scope: string): MaybePromise<void> {
    if (this.opened.has(scope)) return;
    this.opened.add(scope);
    if (this.link.isShared) return this.watch(this.shared.open(scope));
  }

  /** Rejects where Redis fails; the link has been told then. */
  async reserve(
    scope: string,
    buckets: readonly BucketAsk[],
    tokens: number,
    asking: Asking,
  ): Promise<Reserved> {
    this.opened.add(scope);
    try {
      return await this.shared.reserve(scope, buckets, tokens, asking);
    } catch (error) {
      this.link.failed(error);
      throw error;
    }
  }

  /** Never rejects: what Redis cannot be told now it is told later. */
  tell(scope: string, changes: readonly BucketChange[], changing: Changing): void {
    if (changes.length === 0 && !changing.probes?.length) return;
    if (!this.link.isShared) return this.backlog.add(scope, changes, Date.now());
    // Of what was taken while Redis was out nothing is given back: it was never counted in that slot.
    const told = changing.at === 0 ? changes.map(withoutGiving) : changes;
    this.shared.amend(scope, told, changing).catch((error: unknown) => {
      this.link.failed(error);
      this.backlog.add(scope, changes, Date.now());
    });
  }

  /** A change that is only worth telling now. */
  note(scope: string, changes: readonly BucketChange[], now: number): MaybePromise<void> {
    if (changes.length > 0 && this.link.isShared)
      return this.watch(this.shared.amend(scope, changes, { now }));
  }

  clear(scope: string, names: readonly string[]): MaybePromise<void> {
    if (names.length > 0 && this.link.isShared) return this.watch(this.shared.clear(scope, names));
  }

  forget(scope: string): void {
    this.opened.delete(scope);
    this.shared.forget(scope);
  }

  /** See SharedLimits.scopeOf. */
  scopeOf(name: unknown): string | undefined {
    return this.shared.scopeOf(name);
  }

  private refresh(): void {
    if (!this.link.isShared) return;
    for (const [scope, changes] of this.holder.busy()) void this.note(scope, changes, Date.now());
  }

  /** What this instance did alone is told before anybody counts with Redis again. Rejects where Redis fails. */
  private async comeBack(): Promise<void> {
    const told = this.backlog.take(Date.now());
    try {
      for (const scope of this.opened) await this.shared.open(scope);
      while (told.length > 0) {
        const [scope, changes] = told[0]!;
        await this.shared.amend(scope, changes, { now: Date.now() });
        told.shift();
      }
    } catch (error) {
      for (const [scope, changes] of told) this.backlog.add(scope, changes, Date.now());
      throw error;
    }
    if (this.link.mode === 'alone') setImmediate(() => this.holder.back());
  }

  private async watch(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.link.failed(error);
    }
  }
}

function withoutGiving(change: BucketChange): BucketChange {
  return {
    ...change,
    tokens: Math.max(0, change.tokens ?? 0),
    requests: Math.max(0, change.requests ?? 0),
    calls: Math.max(0, change.calls ?? 0),
  };
}
