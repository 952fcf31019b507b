import { barByKey, barByQuota, Obstacle } from './admission.js';
import type { KeyRecord } from './key-record.js';
import type { Lane } from './lane.js';
import type { Pick } from './pool-state.js';

/** Quotas that were short of tokens for a bigger call, of which one call looks at before it gives up for now. */
const MOST_WOKEN = 256;

/**
 * Finds the key whose turn it is and that may be lent. Whoever comes to the top and is barred for everybody is
 * put to rest until the bar is gone; who was tried by this call before is passed over and put back. One search is reused for all calls of a pool: its fields are the outcome of the last.
 */
export class KeySearch {
  found: KeyRecord | undefined;
  /** Nobody came before the found key. */
  inTurn = true;
  /** Epoch ms of the soonest return; Infinity when only an event can free a key. */
  readyAt = Infinity;
  early = false;
  /** The key at the top is barred for this model alone, but the lane serves other models too. */
  needsOwnLane = false;
  private readonly obstacle = new Obstacle();
  private passedOver: KeyRecord[] = [];

  run(lane: Lane, pick: Pick): void {
    this.found = undefined;
    this.inTurn = true;
    this.readyAt = Infinity;
    this.early = false;
    this.needsOwnLane = false;
    lane.returnDue(pick.now);
    for (let woken = 0; !this.found && !this.needsOwnLane;) {
      const key = lane.first();
      if (key && !key.isShaky) this.look(lane, key, pick);
      else if (lane.nextReturn() <= pick.now) lane.returnDue(pick.now);
      else if (woken < MOST_WOKEN && lane.wakeShort(pick.tokens)) woken += 1;
      else if (key && !pick.soundOnly) this.look(lane, key, pick);
      else break;
    }
    if (this.passedOver.length > 0) this.endPassing(lane, pick);
    if (!this.found) {
      this.readyAt = lane.nextReturn();
      this.early = lane.mayReturnEarly;
    }
  }

  /** Only this key: the same rules, without a lane. */
  runOnly(key: KeyRecord, pick: Pick): void {
    const { obstacle } = this;
    obstacle.clear();
    barByQuota(key.cohort!, pick, obstacle);
    barByKey(key, pick, obstacle);
    const isSpent = (pick.soundOnly && key.isShaky) || (pick.tried.has(key.id) && !cameBack(key, pick));
    this.found = obstacle.until > 0 || isSpent ? undefined : key;
    this.inTurn = false;
    this.readyAt = obstacle.until > 0 ? obstacle.until : Infinity;
    this.early = obstacle.early;
    this.needsOwnLane = false;
  }

  /** Takes this key instead of the one found, where it is as good; see `Pick.prefer`. */
  prefer(key: KeyRecord | undefined, pick: Pick): void {
    const { found, obstacle } = this;
    if (!found?.cohort || !key?.cohort || key === found || key.isShaky) return;
    if (key.cohort.tier !== found.cohort.tier || pick.tried.has(key.id)) return;
    obstacle.clear();
    barByQuota(key.cohort, pick, obstacle);
    barByKey(key, pick, obstacle);
    if (obstacle.until > 0) return;
    this.found = key;
    this.inTurn = false;
  }

  /** Puts the quota to rest at once where this call took the last of it. */
  restIfFull(lane: Lane, key: KeyRecord, pick: Pick): void {
    if (key.plan.limits.length === 0) return;
    const { obstacle } = this;
    obstacle.clear();
    barByQuota(key.cohort!, pick, obstacle);
    const until = lane.model === undefined ? obstacle.all : Math.max(obstacle.all, obstacle.own);
    if (until > 0) lane.restCohort(key.cohort!, until, obstacle.early);
  }

  private look(lane: Lane, key: KeyRecord, pick: Pick): void {
    const { obstacle } = this;
    const cohort = key.cohort!;
    obstacle.clear();
    barByQuota(cohort, pick, obstacle);
    const quotaUntil = this.barUntil(lane);
    if (this.needsOwnLane) return;
    if (quotaUntil > 0) return lane.restCohort(cohort, quotaUntil, obstacle.early);
    if (obstacle.short > 0) return lane.restShort(cohort, obstacle.short, obstacle.early, pick.tokens);
    barByKey(key, pick, obstacle);
    const keyUntil = this.barUntil(lane);
    if (this.needsOwnLane) return;
    if (keyUntil > 0) return lane.restKey(key, keyUntil, obstacle.early);
    if (!pick.tried.has(key.id)) {
      this.found = key;
      return;
    }
    lane.setAside(key);
    this.passedOver.push(key);
  }

  private barUntil(lane: Lane): number {
    const { all, own, isShortOwn } = this.obstacle;
    if (lane.model !== undefined) return Math.max(all, own);
    if (all === 0 && (own > 0 || isShortOwn)) this.needsOwnLane = true;
    return all;
  }

  private endPassing(lane: Lane, pick: Pick): void {
    for (const key of this.passedOver) lane.putBack(key);
    this.inTurn = false;
    if (!this.found && !this.needsOwnLane) {
      this.found = this.passedOver.find((key) => cameBack(key, pick));
    }
    this.passedOver = [];
  }
}

/** Whether the tried key has had a rest since that is over. */
function cameBack(key: KeyRecord, { since, model, now }: Pick): boolean {
  if (since === undefined) return false;
  return key.rests.endedSince(model, since, now) || (key.quota.rests?.endedSince(model, since, now) ?? false);
}
