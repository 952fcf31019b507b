import { isDeepStrictEqual } from 'node:util';
import { dayIn } from '../../kernel/calendar.js';
import type { MaybePromise } from '../../kernel/maybe-promise.js';
import type { Portion } from '../../kernel/portion.js';
import { Census } from './census.js';
import { HeldKey } from './held-key.js';
import { inSteps } from './in-steps.js';
import type { KeyRecord, Quota } from './key-record.js';
import { KeySearch } from './key-search.js';
import type { Lane } from './lane.js';
import { Lanes } from './lanes.js';
import { LimitPlans } from './limit-plan.js';
import { Roster } from './roster.js';
import type {
  PoolCounts,
  PoolKey,
  PoolListener,
  PoolRules,
  Refusal,
  Rest,
  Settlement,
  Pick,
} from './pool-state.js';
import { rotationPolicy } from './rotation.js';
import { ShakyKeys } from './shaky-keys.js';
import { applyEffect, endProbes, type NewRest } from './verdict-effects.js';

const DEFAULT_RULES: PoolRules = { rotation: 'round_robin', limits: [], dayZone: 'UTC' };

/** One upstream's keys in memory. */
export class MemoryPool {
  readonly roster = new Roster();
  rules = DEFAULT_RULES;
  /** The latest time this pool has heard of; epoch ms. */
  lastSeen = 0;
  private plans: LimitPlans;
  lanes: Lanes;
  readonly census = new Census();
  private readonly search = new KeySearch();
  readonly shaky = new ShakyKeys((key) => this.lanes.rerank(key));
  private inFlight = 0;
  private disabled = 0;
  private invalid = 0;

  constructor(
    private readonly upstreamId: string,
    private readonly random: () => number,
    private readonly listener: PoolListener,
    private readonly portion?: Portion,
  ) {
    this.plans = new LimitPlans([], portion);
    this.lanes = this.newLanes();
  }

  /** New limits reach many keys in steps. @throws RangeError for a time zone the runtime does not know. */
  setRules(rules: PoolRules): MaybePromise<void> {
    if (isDeepStrictEqual(rules, this.rules)) return;
    dayIn(rules.dayZone, this.lastSeen);
    const before = this.rules;
    this.rules = rules;
    if (rules.rotation !== before.rotation) this.beginTurnsAnew();
    if (isDeepStrictEqual({ ...before, rotation: rules.rotation }, rules)) return;
    const plans = (this.plans = new LimitPlans(rules.limits, this.portion));
    // Rules that come meanwhile go over all keys themselves.
    return inSteps([...this.roster.keys.values()], (some) => this.plans === plans && this.redeclare(some));
  }

  putKeys(keys: readonly PoolKey[]): void {
    let changed = false;
    for (const declared of keys) {
      const known = this.roster.keys.get(declared.id);
      if (known && JSON.stringify(known.declared) === JSON.stringify(declared)) continue;
      changed = true;
      if (known) {
        this.takeOut(known);
        if (known.declared.out === 'invalid' && declared.out === undefined) known.refused = undefined;
      }
      this.bringIn(this.roster.declare(declared, this.plans));
    }
    if (changed) this.tellFree();
  }

  dropKeys(keyIds: readonly string[]): void {
    for (const id of keyIds) {
      const key = this.roster.keys.get(id);
      if (!key) continue;
      this.takeOut(key);
      this.roster.drop(key);
    }
  }

  acquire(pick: Pick): HeldKey | Refusal {
    const refusal = this.find(pick);
    const key = this.search.found;
    if (refusal || !key) return refusal ?? this.refuse(pick);
    const held = new HeldKey(this, key, pick, this.rules.dayZone);
    this.inFlight += 1;
    this.shaky.lent(held);
    const lane = this.lanes.of(pick.model, pick.now);
    if (this.lanes.followsLoad) this.lanes.rerank(key);
    lane.charge(key, this.search.inTurn);
    this.search.restIfFull(lane, key, pick);
    if (held.countsDay) this.tellChanged([key.id]);
    return held;
  }

  peek(pick: Pick): { readonly keyId: string } | Refusal {
    const refusal = this.find(pick);
    const key = this.search.found;
    return refusal || !key ? (refusal ?? this.refuse(pick)) : { keyId: key.id };
  }

  settle(held: HeldKey, settlement: Settlement): void {
    if (!held.release(settlement)) return;
    const { key, quota } = held;
    const { verdict, now } = settlement;
    this.lastSeen = Math.max(this.lastSeen, now);
    this.inFlight -= 1;
    if (this.lanes.followsLoad) this.lanes.rerank(key);
    this.shaky.note(held, settlement);
    const lifted = endProbes(held, settlement);
    if (lifted) this.noteLifted(key, quota, now);
    const wakes = quota.isAwaited || settlement.unsent === true;
    if (wakes) {
      quota.isAwaited = false;
      this.lanes.wakeQuota(quota);
    }
    if (held.probes) this.lanes.wakeKey(key);
    if (verdict.effect) this.applyVerdict(held, settlement);
    if (wakes || held.probes) this.tellFree();
  }

  rest(keyId: string, model: string | undefined, rest: Rest): void {
    const key = this.roster.keys.get(keyId);
    if (!key) return;
    const known = key.rests.of(model);
    if (known && known.until >= rest.until) return;
    key.rests.set(model, rest);
    this.census.look(key, this.lastSeen);
    if (rest.until > this.lastSeen) this.lanes.restKey(key, model, rest.until, this.lastSeen);
    this.tellChanged([keyId]);
  }

  /** The same for the key's whole quota group, from the store. */
  restGroup(key: KeyRecord, model: string | undefined, rest: Rest): void {
    const { quota } = key;
    const known = quota.rests?.of(model);
    if (!quota.rests || (known && known.until >= rest.until)) return;
    quota.rests.set(model, rest);
    (quota.carriers ??= new Set()).add(key.id);
    this.census.look(quota, this.lastSeen);
  }

  lift(keyId: string): void {
    const key = this.roster.keys.get(keyId);
    if (!key) return;
    const { quota } = key;
    key.rests.clearAll(this.lastSeen);
    quota.rests?.clearAll(this.lastSeen);
    if (key.refused !== undefined) {
      this.takeOut(key);
      key.refused = undefined;
      this.bringIn(key);
    }
    this.noteLifted(key, quota, this.lastSeen);
    this.lanes.wakeQuota(quota);
    this.lanes.wakeKey(key);
    this.tellFree();
  }

  counts(now: number): PoolCounts {
    const { disabled, invalid, inFlight } = this;
    return { keys: this.roster.keys.size, ...this.census.count(now), invalid, disabled, inFlight };
  }

  private beginTurnsAnew(): void {
    const keys = this.roster.leaveAll();
    this.lanes = this.newLanes();
    for (const key of keys) this.lanes.join(key, this.roster.enter(key));
    this.tellFree();
  }

  private redeclare(keys: readonly KeyRecord[]): true {
    for (const key of keys.filter(({ isDropped }) => !isDropped)) {
      for (const [, bucket] of key.quota.allBuckets()) bucket.moveDay(this.rules.dayZone, this.lastSeen);
      this.takeOut(key);
      this.bringIn(this.roster.declare(key.declared, this.plans));
    }
    this.tellFree();
    return true;
  }

  /** Leaves the outcome in `search`, or says at once why there can be none. */
  private find(pick: Pick): Refusal | undefined {
    this.lastSeen = Math.max(this.lastSeen, pick.now);
    this.shaky.advance(pick.now);
    if (this.roster.keys.size === 0) return nobody('empty');
    if (this.roster.lendable === 0) return nobody('out');
    if (pick.only !== undefined) {
      const key = this.roster.keys.get(pick.only);
      if (!key?.cohort) return nobody(key ? 'out' : 'empty');
      this.search.runOnly(key, pick);
      return undefined;
    }
    let lane: Lane = this.lanes.of(pick.model, pick.now);
    this.search.run(lane, pick);
    if (this.search.needsOwnLane && pick.model !== undefined) {
      lane = this.lanes.separate(pick.model, pick.now);
      this.search.run(lane, pick);
    }
    if (pick.prefer !== undefined) this.search.prefer(this.roster.keys.get(pick.prefer), pick);
    return undefined;
  }

  private refuse(pick: Pick): Refusal {
    const { readyAt, early } = this.search;
    return { keyId: undefined, readyAt, early, why: this.hasTriedAll(pick) ? 'tried' : 'busy' };
  }

  private hasTriedAll({ tried, only }: Pick): boolean {
    return only === undefined ? this.roster.areAllAmong(tried) : tried.has(only);
  }

  private applyVerdict(held: HeldKey, settlement: Settlement): void {
    const { key } = held;
    const { effect, reason } = settlement.verdict;
    if (!effect || key.isDropped) return;
    if (effect.to === 'invalid' && !effect.confirm) {
      if (this.refuseKey(key, reason)) this.listener.onInvalid(this.upstreamId, key.id, reason, false);
      return;
    }
    const rest = applyEffect(effect, held, settlement, this.random);
    if (!rest) return;
    this.noteRest(key, rest, settlement.now);
    if (effect.to === 'invalid') this.listener.onInvalid(this.upstreamId, key.id, reason, true);
  }

  /** The provider refuses the key, as an answer or another instance says. False where that was known. */
  refuseKey(key: KeyRecord, reason: string): boolean {
    if (key.out === 'invalid') return false;
    this.takeOut(key);
    key.refused = reason;
    this.bringIn(key);
    return true;
  }

  private noteRest(key: KeyRecord, { rests, model, until }: NewRest, now: number): void {
    const { quota } = key;
    if (rests === key.rests) {
      this.lanes.restKey(key, model, until, now);
      this.census.look(key, now);
      return this.tellChanged([key.id]);
    }
    this.lanes.restQuota(quota, model, until, now);
    this.census.look(quota, now);
    (quota.carriers ??= new Set()).add(key.id);
    this.tellChanged([key.id]);
  }

  private noteLifted(key: KeyRecord, quota: Quota, now: number): void {
    this.census.look(key, now);
    if (quota.rests) this.census.look(quota, now);
    const carriers = quota.carriers ?? [];
    this.tellChanged([...new Set([key.id, ...carriers])]);
    quota.carriers = undefined;
  }

  private bringIn(key: KeyRecord): void {
    if (key.out === 'disabled') this.disabled += 1;
    else if (key.out === 'invalid') this.invalid += 1;
    if (key.out) return;
    this.lanes.join(key, this.roster.enter(key));
    this.census.joined(key, this.lastSeen);
  }

  private takeOut(key: KeyRecord): void {
    if (key.out === 'disabled') this.disabled -= 1;
    else if (key.out === 'invalid') this.invalid -= 1;
    if (!key.cohort) return;
    this.census.left(key);
    this.lanes.leave(key, key.cohort);
    this.roster.leave(key, key.cohort);
  }

  private newLanes(): Lanes {
    return new Lanes(this.roster.cohorts, rotationPolicy(this.rules.rotation, this.random));
  }

  tellFree(): void {
    this.listener.onFree(this.upstreamId);
  }

  private tellChanged(keyIds: readonly string[]): void {
    this.listener.onChanged(this.upstreamId, keyIds);
  }
}

function nobody(why: Refusal['why']): Refusal {
  return { keyId: undefined, readyAt: Infinity, early: false, why };
}
