import type { MaybePromise } from '../../../kernel/maybe-promise.js';
import { PlacedList } from '../../../kernel/placed-list.js';
import type { BucketChange, Reserved } from '../../../redis/limits/bucket-ask.js';
import { type LimitHolder, LimitKeeper } from '../../../redis/limits/limit-keeper.js';
import type { SharedLimitsOptions } from '../../../redis/limits/shared-limits.js';
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

/** The pools' limits over all instances: asked before a key is lent, told what became of the call. */
export class PoolLimits implements LimitHolder {
  private readonly keeper: LimitKeeper;
  private readonly upstreams = new Set<string>();
  /** Lent keys that limit their calls in flight. */
  private readonly held = new PlacedList<HeldKey>();
  /** Picks that Redis is being asked about; they are not lent yet. */
  private readonly pending = new PlacedList<HeldKey>();

  /** @param onLost Redis has lost what it knew of the upstream */
  constructor(
    private readonly local: MemoryPoolState,
    link: RedisLink,
    private readonly onLost: (upstreamId: string) => void,
    options: Partial<SharedLimitsOptions>,
  ) {
    this.keeper = new LimitKeeper(link, 'u', this, options);
    link.news?.on('free', ({ scope, bucket }) => this.freed(scope, String(bucket)));
  }

  /** Lets Redis know of the pool before its first call. */
  open(upstreamId: string): MaybePromise<void> {
    this.upstreams.add(upstreamId);
    return this.keeper.open(upstreamId);
  }

  forget(upstreamId: string): void {
    this.upstreams.delete(upstreamId);
    this.keeper.forget(upstreamId);
  }

  /** Rejects where Redis fails. */
  async reserve(held: HeldKey, pick: Pick, round: number): Promise<Reserved> {
    const pool = this.poolOf(held)!;
    const asks = asksOf(held, pool, pick.now);
    const asking = { now: pick.now, probes: probesOf(held), page: round };
    this.pending.add(held);
    let reserved: Reserved;
    try {
      reserved = await this.keeper.reserve(held.upstreamId, asks, pick.tokens, asking);
    } finally {
      this.pending.remove(held);
    }
    if (!reserved.granted) return reserved;
    held.sharedAt = reserved.at;
    this.hold(held);
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
    this.held.remove(held);
    const pool = this.poolOf(held);
    const changes = pool && isCurrent(held, pool) ? changesOf(held, pool, settlement) : [];
    const { upstreamId, sharedAt } = held;
    this.keeper.tell(upstreamId, changes, { now: settlement.now, at: sharedAt, probes: probesOf(held) });
  }

  /** A key was lent while Redis is out. */
  takenAlone(held: HeldKey): void {
    const pool = this.poolOf(held);
    if (pool) this.keeper.tell(held.upstreamId, takenBy(held, pool), { now: held.at });
    this.hold(held);
  }

  /** What was said of full limits is forgotten where limits may have changed. */
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
    if (!pool) return;
    const changes = memories.flatMap(({ keyId, days }): BucketChange[] => {
      const quota = pool.roster.keys.get(keyId)?.quota;
      if (!quota) return [];
      return days.map(({ pattern, day, count }) => ({
        name: `${ownerOf(quota, keyId)}\n${pattern}`,
        day,
        leastCalls: count,
      }));
    });
    return this.keeper.note(upstreamId, changes, pool.lastSeen);
  }

  /** Before keys go: what was counted for them alone, or for the last of a group, goes too. */
  clear(upstreamId: string, keyIds: readonly string[]): MaybePromise<void> {
    const pool = this.local.poolOf(upstreamId);
    if (!pool) return;
    const names = [...leaving(pool, keyIds)].flatMap(([owner, quota]) => namesOf(owner, quota));
    return this.keeper.clear(upstreamId, names);
  }

  used(upstreamId: string, isLost: boolean): readonly BucketChange[] {
    if (isLost) this.onLost(upstreamId);
    const pool = this.local.poolOf(upstreamId);
    return pool ? usedOf(pool, this.pending.all()) : [];
  }

  *busy(): Iterable<readonly [string, readonly BucketChange[]]> {
    const scopes = new Map<string, Map<string, BucketChange>>();
    for (const held of this.held.all()) {
      let changes = scopes.get(held.upstreamId);
      if (!changes) scopes.set(held.upstreamId, (changes = new Map<string, BucketChange>()));
      for (const limit of held.limits) {
        if (limit.concurrency === undefined) continue;
        const name = `${ownerOf(held.quota, held.keyId)}\n${limit.pattern}`;
        changes.set(name, { name, inFlight: held.quota.bucket(limit.pattern)?.inFlight ?? 0 });
      }
    }
    for (const [upstreamId, changes] of scopes) yield [upstreamId, [...changes.values()]];
  }

  /** Keys whose part of a limit was used up may have room in the whole. Each is looked at when its turn comes. */
  back(): void {
    for (const upstreamId of this.upstreams) {
      const pool = this.local.poolOf(upstreamId);
      if (!pool) continue;
      for (const cohort of pool.roster.cohorts) pool.lanes.wakeQuota(cohort.quota);
      pool.tellFree();
    }
  }

  private freed(scopeName: unknown, name: string): void {
    const upstreamId = this.keeper.scopeOf(scopeName);
    const pool = upstreamId === undefined ? undefined : this.local.poolOf(upstreamId);
    const found = pool && quotaOf(pool, name);
    if (!found) return;
    found.quota.bucket(found.pattern)?.barBusy(0);
    pool.lanes.wakeQuota(found.quota);
    pool.tellFree();
  }

  private hold(held: HeldKey): void {
    if (held.limits.some(({ concurrency }) => concurrency !== undefined)) this.held.add(held);
  }

  private poolOf(held: HeldKey): MemoryPool | undefined {
    const pool = this.local.poolOf(held.upstreamId);
    return pool === held.lender ? pool : undefined;
  }
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
