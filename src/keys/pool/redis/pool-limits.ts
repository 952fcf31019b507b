import type { MaybePromise } from '../../../kernel/maybe-promise.js';
import { Backlog } from '../../../redis/limits/backlog.js';
import type { BucketChange, Reserved } from '../../../redis/limits/bucket-ask.js';
import { SharedLimits, type SharedLimitsOptions } from '../../../redis/limits/shared-limits.js';
import type { RedisLink } from '../../../redis/redis-link.js';
import type { HeldKey } from '../held-key.js';
import type { MemoryPoolState } from '../memory-pool-state.js';
import type { MemoryPool } from '../memory-pool.js';
import type { KeyMemory, Pick, Settlement } from '../pool-state.js';
import {
  asksOf,
  changesOf,
  isSignOf,
  leaving,
  namesOf,
  ownerOf,
  probesOf,
  quotaOf,
  takenBy,
  usedOf,
} from './shared-buckets.js';

/** When to ask again for a slot that another instance holds, where its news of the end is lost. */
const BUSY_MS = 500;
/** Slots are told anew so often; Redis forgets them after 30 s, and with them those of an instance that was killed. */
const REFRESH_MS = 10_000;

/** The pools' limits over all instances: asked before a key is lent, told what became of the call. */
export class PoolLimits {
  private readonly shared: SharedLimits;
  private readonly backlog = new Backlog();
  private readonly opened = new Set<string>();
  private readonly held = new Set<HeldKey>();

  constructor(
    private readonly local: MemoryPoolState,
    private readonly link: RedisLink,
    options: Partial<SharedLimitsOptions>,
  ) {
    const ownUse = (scope: string) => {
      const pool = local.poolOf(scope);
      return pool ? usedOf(pool) : [];
    };
    this.shared = new SharedLimits(link, 'u', ownUse, options);
    link.onBack(() => this.comeBack());
    link.news?.on('free', ({ scope, bucket }) => this.freed(scope, String(bucket)));
    setInterval(() => this.refresh(), REFRESH_MS).unref();
  }

  /** Lets Redis know of the pool before its first call. */
  open(upstreamId: string): MaybePromise<void> {
    if (this.opened.has(upstreamId)) return;
    this.opened.add(upstreamId);
    if (this.link.isShared) return this.watched(this.shared.open(upstreamId));
  }

  /** Rejects where Redis fails. */
  async reserve(held: HeldKey, pick: Pick, round: number): Promise<Reserved> {
    const pool = this.poolOf(held)!;
    const reserved = await this.shared.reserve(held.upstreamId, asksOf(held, pool, pick.now), pick.tokens, {
      now: pick.now,
      probes: probesOf(held),
      page: round,
    });
    if (!reserved.granted) return reserved;
    held.sharedAt = reserved.at;
    if (held.limits.some(({ concurrency }) => concurrency !== undefined)) this.held.add(held);
    held.limits.forEach(({ rpd, pattern }, at) => {
      const calls = reserved.used[at]?.calls ?? 0;
      if (rpd !== undefined) held.quota.makeBucket(pattern).raiseDay(calls, pick.now);
    });
    return reserved;
  }

  /** The memory takes over what Redis says of full limits. The pick has not been taken back yet. */
  learn(held: HeldKey, reserved: Extract<Reserved, { granted: false }>, { now, tokens }: Pick): void {
    held.limits.forEach(({ pattern }, at) => {
      const said = reserved.buckets[at];
      if (!said) return;
      const bucket = held.quota.makeBucket(pattern);
      if (said.full > 0) bucket.bar(now + said.full);
      else if (said.short > 0) bucket.barTokens(tokens, now + said.short, now);
      if (said.isBusy) bucket.barBusy(now + BUSY_MS);
    });
    for (const at of reserved.probes) {
      const probe = held.probes?.[at];
      if (probe) probe.record.triedUntil = now + BUSY_MS;
    }
    const pool = this.poolOf(held);
    for (const [sign, ms] of reserved.full) if (pool && ms > 0) learnSign(pool, sign, now + ms);
  }

  /** The call has ended and was given back to the memory. */
  settle(held: HeldKey, settlement: Settlement): void {
    this.held.delete(held);
    const pool = this.poolOf(held);
    const changes = pool && isCurrent(held, pool) ? changesOf(held, pool, settlement) : [];
    const probes = probesOf(held);
    if (changes.length === 0 && probes.length === 0) return;
    const { upstreamId, sharedAt } = held;
    const { now } = settlement;
    if (!this.link.isShared) return this.backlog.add(upstreamId, changes, Date.now());
    // Of a call that was taken alone nothing is given back: it was never counted in that slot.
    const told = sharedAt === 0 ? changes.map(withoutGiving) : changes;
    this.shared.amend(upstreamId, told, { now, at: sharedAt, probes }).catch((error: unknown) => {
      this.link.failed(error);
      this.backlog.add(upstreamId, changes, Date.now());
    });
  }

  /** A key was lent while Redis is out. */
  takenAlone(held: HeldKey): void {
    const pool = this.poolOf(held);
    if (pool) this.backlog.add(held.upstreamId, takenBy(held, pool), Date.now());
    if (held.limits.some(({ concurrency }) => concurrency !== undefined)) this.held.add(held);
  }

  /** What other limits said is forgotten where limits may have changed. */
  clearBars(upstreamId: string, keyIds?: readonly string[]): void {
    const pool = this.local.poolOf(upstreamId);
    if (!pool) return;
    for (const id of keyIds ?? pool.roster.keys.keys()) {
      for (const [, bucket] of pool.roster.keys.get(id)?.quota.allBuckets() ?? []) bucket.clearBars();
    }
  }

  /** Days that were counted before a restart, as the database remembers them. */
  tellDays(upstreamId: string, memories: readonly KeyMemory[]): MaybePromise<void> {
    const pool = this.local.poolOf(upstreamId);
    if (!pool || !this.link.isShared) return;
    const changes = memories.flatMap(({ keyId, days }): BucketChange[] => {
      const quota = pool.roster.keys.get(keyId)?.quota;
      if (!quota) return [];
      return days.map(({ pattern, day, count }) => ({
        name: `${ownerOf(quota, keyId)}\n${pattern}`,
        day,
        leastCalls: count,
      }));
    });
    if (changes.length > 0)
      return this.watched(this.shared.amend(upstreamId, changes, { now: pool.lastSeen }));
  }

  /** Keys that go: what was counted for them alone, or for the last of a group, goes too. */
  clear(upstreamId: string, keyIds: readonly string[]): MaybePromise<void> {
    const pool = this.local.poolOf(upstreamId);
    if (!pool || !this.link.isShared) return;
    const names = [...leaving(pool, keyIds)].flatMap(([owner, quota]) => namesOf(owner, quota));
    if (names.length > 0) return this.watched(this.shared.clear(upstreamId, names));
  }

  private freed(scopeName: unknown, name: string): void {
    const upstreamId = this.shared.scopeOf(scopeName);
    const pool = upstreamId === undefined ? undefined : this.local.poolOf(upstreamId);
    const found = pool && quotaOf(pool, name);
    if (!found) return;
    found.quota.bucket(found.pattern)?.barBusy(0);
    pool.lanes.wakeQuota(found.quota);
    pool.tellFree();
  }

  private refresh(): void {
    if (!this.link.isShared || this.held.size === 0) return;
    const scopes = new Map<string, Map<string, BucketChange>>();
    for (const held of this.held) {
      const changes = scopes.get(held.upstreamId) ?? new Map<string, BucketChange>();
      scopes.set(held.upstreamId, changes);
      for (const limit of held.limits) {
        if (limit.concurrency === undefined) continue;
        const name = `${ownerOf(held.quota, held.keyId)}\n${limit.pattern}`;
        changes.set(name, { name, inFlight: held.quota.bucket(limit.pattern)?.inFlight ?? 0 });
      }
    }
    for (const [scope, changes] of scopes)
      void this.watched(this.shared.amend(scope, [...changes.values()], { now: Date.now() }));
  }

  /** What this instance did alone is told before anybody counts with Redis again. */
  private async comeBack(): Promise<void> {
    const told = this.backlog.take(Date.now());
    try {
      for (const scope of this.opened) await this.shared.open(scope);
      while (told.length > 0) {
        const [scope, changes] = told[0]!;
        await this.shared.amend(scope, changes, { now: Date.now() });
        told.shift();
      }
      if (this.link.mode === 'alone') setImmediate(() => this.wakeAll());
    } catch (error) {
      for (const [scope, changes] of told) this.backlog.add(scope, changes, Date.now());
      throw error;
    }
  }

  /** Keys whose part of a limit was used up may have room in the whole. Each is looked at when its turn comes. */
  private wakeAll(): void {
    for (const upstreamId of this.opened) {
      const pool = this.local.poolOf(upstreamId);
      if (!pool) continue;
      for (const cohort of pool.roster.cohorts) pool.lanes.wakeQuota(cohort.quota);
      pool.tellFree();
    }
  }

  private poolOf(held: HeldKey): MemoryPool | undefined {
    const pool = this.local.poolOf(held.upstreamId);
    return pool === held.lender ? pool : undefined;
  }

  private async watched(work: Promise<void>): Promise<void> {
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

/** Whether the key still shares what it shared when it was lent. */
function isCurrent({ key, quota }: HeldKey, pool: MemoryPool): boolean {
  return quota.group === undefined
    ? key.quota === quota && !key.isDropped
    : pool.roster.groupOf(quota.group) === quota;
}

function learnSign(pool: MemoryPool, sign: string, until: number): void {
  const found = quotaOf(pool, sign);
  if (found && isSignOf(sign, found.quota)) found.quota.makeBucket(found.pattern).bar(until);
}
