import { Cohort, KeyRecord, Quota } from './key-record.js';
import type { LimitPlan, LimitPlans } from './limit-plan.js';
import type { PoolKey } from './pool-state.js';
import { Slots } from './slots.js';

/** Priorities beyond it count as it. */
const MOST_PRIORITY = 1e9;

/** The keys of a pool, the quotas they share, and the cohorts in which they take turns. */
export class Roster {
  readonly keys = new Map<string, KeyRecord>();
  readonly cohorts = new Slots<Cohort>();
  /** Keys in a cohort: neither disabled nor invalid. */
  lendable = 0;
  private readonly groups = new Map<string, Quota>();
  private born = 0;

  /** The record of this key as it is declared now: new, or the known one changed. It is in no cohort. */
  declare(declared: PoolKey, plans: LimitPlans): KeyRecord {
    const known = this.keys.get(declared.id);
    const plan = plans.planFor(declared.limits);
    const quota = this.quotaFor(declared.quotaGroup, known);
    if (known) {
      if (known.quota !== quota) {
        this.forget(known);
        quota.keys += 1;
      }
      known.declare(declared, quota, plan);
      return known;
    }
    const key = new KeyRecord(declared, quota, plan, (this.born += 1));
    quota.keys += 1;
    this.keys.set(key.id, key);
    return key;
  }

  /** What the keys of this group share, where there are any. */
  groupOf(group: string): Quota | undefined {
    return this.groups.get(group);
  }

  /** The key is gone for good. It is in no cohort. */
  drop(key: KeyRecord): void {
    key.isDropped = true;
    this.keys.delete(key.id);
    this.forget(key);
  }

  enter(key: KeyRecord): Cohort {
    const priority = Math.max(-MOST_PRIORITY, Math.min(MOST_PRIORITY, Math.round(key.declared.priority)));
    const cohort = this.cohortFor(key.quota, key.plan, priority);
    key.index = cohort.members.put(key);
    key.cohort = cohort;
    this.lendable += 1;
    return cohort;
  }

  leave(key: KeyRecord, cohort: Cohort): void {
    cohort.members.remove(key.index);
    key.cohort = undefined;
    this.lendable -= 1;
    if (cohort.members.size > 0) return;
    this.cohorts.remove(cohort.slot);
    cohort.quota.cohorts.splice(cohort.quota.cohorts.indexOf(cohort), 1);
  }

  /** Whether these are all the keys that can be lent. */
  areAllAmong(ids: ReadonlySet<string>): boolean {
    if (ids.size < this.lendable) return false;
    let found = 0;
    for (const id of ids) if (this.keys.get(id)?.cohort) found += 1;
    return found >= this.lendable;
  }

  /** Those that were in a cohort, in order of creation. */
  leaveAll(): KeyRecord[] {
    const keys = [...this.keys.values()].filter((key) => key.cohort !== undefined);
    for (const key of keys) if (key.cohort) this.leave(key, key.cohort);
    return keys;
  }

  private quotaFor(group: string | undefined, known: KeyRecord | undefined): Quota {
    if (known && known.quota.group === group) return known.quota;
    if (group === undefined) return new Quota(undefined);
    let quota = this.groups.get(group);
    if (!quota) this.groups.set(group, (quota = new Quota(group)));
    return quota;
  }

  private forget(key: KeyRecord): void {
    const { quota } = key;
    quota.keys -= 1;
    quota.carriers?.delete(key.id);
    if (quota.keys === 0 && quota.group !== undefined) this.groups.delete(quota.group);
  }

  private cohortFor(quota: Quota, plan: LimitPlan, tier: number): Cohort {
    const known = quota.cohorts.find((cohort) => cohort.plan === plan && cohort.tier === tier);
    if (known) return known;
    const cohort = new Cohort(quota, plan, tier);
    cohort.slot = this.cohorts.put(cohort);
    quota.cohorts.push(cohort);
    return cohort;
  }
}
