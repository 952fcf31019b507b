import type { MaybePromise } from '../../kernel/maybe-promise.js';
import type { Portion } from '../../kernel/portion.js';
import { HeldKey } from './held-key.js';
import { rememberKey, restoreKey } from './key-memories.js';
import { viewKey } from './key-views.js';
import { Listeners } from './listeners.js';
import { MemoryPool } from './memory-pool.js';
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
} from './pool-state.js';

const NO_POOL: Refusal = { keyId: undefined, readyAt: Infinity, early: false, why: 'empty' };
const NO_KEYS: PoolCounts = {
  keys: 0,
  free: 0,
  cooling: 0,
  exhausted: 0,
  invalid: 0,
  disabled: 0,
  inFlight: 0,
};

/** All pools in this process's memory: every answer comes in the same turn. */
export class MemoryPoolState extends PoolState {
  private readonly pools = new Map<string, MemoryPool>();
  private readonly listeners = new Listeners();

  /**
   * @param random uniform in [0, 1): for jitter and for the `random` rotation
   * @param portion how much of each limit this instance may use; absent: all
   */
  constructor(
    private readonly random: () => number = Math.random,
    private readonly portion?: Portion,
  ) {
    super();
  }

  listen(listener: PoolListener): void {
    this.listeners.add(listener);
  }

  isEmpty(upstreamId: string): boolean {
    return (this.pools.get(upstreamId)?.roster.keys.size ?? 0) === 0;
  }

  setRules(upstreamId: string, rules: PoolRules): MaybePromise<void> {
    return this.pool(upstreamId).setRules(rules);
  }

  dropPool(upstreamId: string): void {
    this.pools.delete(upstreamId);
    this.listeners.onFree(upstreamId);
  }

  putKeys(upstreamId: string, keys: readonly PoolKey[]): void {
    this.pool(upstreamId).putKeys(keys);
  }

  dropKeys(upstreamId: string, keyIds: readonly string[]): void {
    this.pools.get(upstreamId)?.dropKeys(keyIds);
    this.listeners.onFree(upstreamId);
  }

  acquire(pick: Pick): Grant | Refusal {
    return this.pools.get(pick.upstreamId)?.acquire(pick) ?? NO_POOL;
  }

  peek(pick: Pick): { readonly keyId: string } | Refusal {
    return this.pools.get(pick.upstreamId)?.peek(pick) ?? NO_POOL;
  }

  answered(grant: Grant, now: number): void {
    const held = grant.reservation;
    if (held instanceof HeldKey) held.lender.shaky.answered(held, now);
  }

  settle(grant: Grant, settlement: Settlement): void {
    const held = grant.reservation;
    if (held instanceof HeldKey) held.lender.settle(held, settlement);
  }

  rest(upstreamId: string, keyId: string, model: string | undefined, rest: Rest): void {
    this.pools.get(upstreamId)?.rest(keyId, model, rest);
  }

  lift(upstreamId: string, keyId: string): void {
    this.pools.get(upstreamId)?.lift(keyId);
  }

  restore(upstreamId: string, memories: readonly KeyMemory[]): void {
    const pool = this.pools.get(upstreamId);
    if (pool) for (const memory of memories) restoreKey(pool, memory);
  }

  state(upstreamId: string, now: number, keyIds?: readonly string[]): readonly KeyState[] {
    return this.keys(upstreamId, keyIds).map((key) => viewKey(key, now));
  }

  counts(upstreamId: string, now: number): PoolCounts {
    return this.pools.get(upstreamId)?.counts(now) ?? NO_KEYS;
  }

  memory(upstreamId: string, keyIds: readonly string[]): readonly KeyMemory[] {
    const now = this.pools.get(upstreamId)?.lastSeen ?? 0;
    return this.keys(upstreamId, keyIds).map((key) => rememberKey(key, now));
  }

  /** The pool itself, for a state that is built on this one. */
  poolOf(upstreamId: string): MemoryPool | undefined {
    return this.pools.get(upstreamId);
  }

  private keys(upstreamId: string, keyIds: readonly string[] | undefined) {
    const keys = this.pools.get(upstreamId)?.roster.keys;
    if (!keys) return [];
    if (!keyIds) return [...keys.values()];
    return keyIds.map((id) => keys.get(id)).filter((key) => key !== undefined);
  }

  private pool(upstreamId: string): MemoryPool {
    let pool = this.pools.get(upstreamId);
    if (!pool) {
      pool = new MemoryPool(upstreamId, this.random, this.listeners, this.portion);
      this.pools.set(upstreamId, pool);
    }
    return pool;
  }
}
