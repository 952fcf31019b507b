import type { MaybePromise } from '../../../kernel/maybe-promise.js';
import type { Verdict } from '../../../kernel/verdict.js';
import type { Reserved } from '../../../redis/limits/bucket-ask.js';
import type { SharedLimitsOptions } from '../../../redis/limits/shared-limits.js';
import type { RedisLink } from '../../../redis/redis-link.js';
import { HeldKey } from '../held-key.js';
import { MemoryPoolState } from '../memory-pool-state.js';
import {
  type Grant,
  type KeyMemory,
  type KeyState,
  type Pick,
  type PoolCounts,
  type PoolKey,
  type PoolListener,
  type PoolRules,
  PoolState,
  type Refusal,
  type Rest,
  type Settlement,
} from '../pool-state.js';
import { PoolLimits } from './pool-limits.js';
import { SharedRests } from './shared-rests.js';

/** So many keys may turn out to be full elsewhere before a call is told that none is free. */
const MOST_ROUNDS = 64;
/** When a call that gave up may look again. */
const LOOK_AGAIN_MS = 100;

const NOT_LENT: Verdict = Object.freeze({ blame: 'unknown', reason: 'not_lent', retry: 'no' });

/**
 * The pools of many instances: this process's own memory picks, rests and wakes, and Redis counts for all where a
 * key has limits. A lease is a pick in memory and then one script, which reserves in every limit of the key or
 * says which of them is full until when; the memory learns that and picks another. Rests that verdicts cause are
 * told to all. While Redis is out, memory goes on with this instance's part of the limits.
 */
export class RedisPoolState extends PoolState {
  private readonly local: MemoryPoolState;
  private readonly limits: PoolLimits;
  private readonly rests: SharedRests;

  /** @param random uniform in [0, 1): for jitter and for the `random` rotation */
  constructor(
    private readonly link: RedisLink,
    random: () => number = Math.random,
    options: Partial<SharedLimitsOptions> = {},
  ) {
    super();
    this.local = new MemoryPoolState(random, link.portion);
    this.rests = new SharedRests(this.local, link);
    this.limits = new PoolLimits(this.local, link, (upstreamId) => this.rests.lost(upstreamId), options);
    this.local.listen(this.rests);
  }

  listen(listener: PoolListener): void {
    this.local.listen(listener);
  }

  isEmpty(upstreamId: string): boolean {
    return this.local.isEmpty(upstreamId);
  }

  setRules(upstreamId: string, rules: PoolRules): MaybePromise<void> {
    const inSteps = this.local.setRules(upstreamId, rules);
    this.limits.clearBars(upstreamId);
    const opened = this.open(upstreamId);
    if (!inSteps) return opened;
    return inSteps.then(() => this.limits.clearBars(upstreamId)).then(() => opened);
  }

  async dropPool(upstreamId: string): Promise<void> {
    const keyIds = [...(this.local.poolOf(upstreamId)?.roster.keys.keys() ?? [])];
    const cleared = this.limits.clear(upstreamId, keyIds);
    this.rests.forget(upstreamId);
    this.limits.forget(upstreamId);
    this.local.dropPool(upstreamId);
    await cleared;
  }

  putKeys(upstreamId: string, keys: readonly PoolKey[]): MaybePromise<void> {
    const known = this.local.poolOf(upstreamId)?.roster.keys;
    const added = keys.filter(({ id }) => !known?.has(id));
    this.local.putKeys(upstreamId, keys);
    this.rests.appeared(upstreamId, added);
    this.limits.clearBars(
      upstreamId,
      keys.map(({ id }) => id),
    );
    return this.open(upstreamId);
  }

  async dropKeys(upstreamId: string, keyIds: readonly string[]): Promise<void> {
    const cleared = this.limits.clear(upstreamId, keyIds);
    this.rests.dropped(upstreamId, keyIds);
    this.local.dropKeys(upstreamId, keyIds);
    await cleared;
  }

  acquire(pick: Pick): MaybePromise<Grant | Refusal> {
    return this.lend(pick, 0);
  }

  peek(pick: Pick): { readonly keyId: string } | Refusal {
    return this.local.peek(pick);
  }

  answered(grant: Grant, now: number): void {
    this.local.answered(grant, now);
  }

  settle(grant: Grant, settlement: Settlement): void {
    const held = grant.reservation;
    if (!(held instanceof HeldKey) || !held.isOpen) return;
    this.local.settle(held, settlement);
    if (held.limits.length > 0 || held.probes) this.limits.settle(held, settlement);
  }

  rest(upstreamId: string, keyId: string, model: string | undefined, rest: Rest): void {
    this.local.rest(upstreamId, keyId, model, rest);
  }

  lift(upstreamId: string, keyId: string): void {
    this.local.lift(upstreamId, keyId);
  }

  restore(upstreamId: string, memories: readonly KeyMemory[]): MaybePromise<void> {
    this.rests.quietly(() => this.local.restore(upstreamId, memories));
    return this.limits.tellDays(upstreamId, memories);
  }

  state(upstreamId: string, now: number, keyIds?: readonly string[]): readonly KeyState[] {
    return this.local.state(upstreamId, now, keyIds);
  }

  counts(upstreamId: string, now: number): PoolCounts {
    return this.local.counts(upstreamId, now);
  }

  memory(upstreamId: string, keyIds: readonly string[]): readonly KeyMemory[] {
    return this.local.memory(upstreamId, keyIds);
  }

  private lend(pick: Pick, round: number): MaybePromise<Grant | Refusal> {
    const answer = this.local.acquire(pick);
    if (!(answer instanceof HeldKey) || (answer.limits.length === 0 && !answer.probes)) return answer;
    if (this.link.isShared) return this.reserve(pick, answer, round);
    if (this.link.mode === 'troubled') return this.waitForRedis(pick, answer, round);
    this.limits.takenAlone(answer);
    return answer;
  }

  private async reserve(pick: Pick, held: HeldKey, round: number): Promise<Grant | Refusal> {
    let reserved: Reserved;
    try {
      reserved = await this.limits.reserve(held, pick, round);
    } catch {
      return this.waitForRedis(pick, held, round);
    }
    if (reserved.granted) return held;
    this.limits.learn(held, reserved, pick);
    this.undo(held, pick.now);
    if (round < MOST_ROUNDS) return this.lend(pick, round + 1);
    return { keyId: undefined, readyAt: pick.now + LOOK_AGAIN_MS, early: true, why: 'busy' };
  }

  /** Redis failed a moment ago: a short cut is waited for, since then nothing has to be divided. */
  private async waitForRedis(pick: Pick, held: HeldKey, round: number): Promise<Grant | Refusal> {
    const began = performance.now();
    this.undo(held, pick.now);
    await this.link.decided();
    const now = Math.ceil(pick.now + performance.now() - began);
    if (round < MOST_ROUNDS) return this.lend({ ...pick, now }, round + 1);
    return { keyId: undefined, readyAt: now + LOOK_AGAIN_MS, early: true, why: 'busy' };
  }

  /** Takes back a pick that was never handed out: all of it but the turn. */
  private undo(held: HeldKey, now: number): void {
    this.local.settle(held, { verdict: NOT_LENT, unsent: true, now });
  }

  private open(upstreamId: string): MaybePromise<void> {
    this.rests.open(upstreamId);
    return this.limits.open(upstreamId);
  }
}
