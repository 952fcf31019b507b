import type { Cohort, KeyRecord } from './key-record.js';
import { leavesNothing } from './limit-plan.js';
import type { RestRecord, Rests } from './rests.js';

/** The call that asks. */
export interface Ask {
  readonly model?: string;
  readonly tokens: number;
  readonly now: number;
}

/** When to look again whether this instance's part of a limit is still nothing. */
const NO_PART_MS = 1_000;

/** What keeps a key from being lent, gathered without allocating. Times are epoch ms, 0 means nothing. */
export class Obstacle {
  /** Holds for every model. Infinity: until a call in flight ends. */
  all = 0;
  /** Holds for the asked model only. */
  own = 0;
  /** This call's tokens do not fit before; a smaller call may pass. */
  short = 0;
  /** That is so for the asked model only. */
  isShortOwn = false;
  /** The end of a call in flight may remove it before its time. */
  early = false;

  clear(): void {
    this.all = 0;
    this.own = 0;
    this.short = 0;
    this.isShortOwn = false;
    this.early = false;
  }

  get until(): number {
    return Math.max(this.all, this.own, this.short);
  }

  bar(until: number, ownModel: boolean): void {
    if (ownModel) this.own = Math.max(this.own, until);
    else this.all = Math.max(this.all, until);
    if (until === Infinity) this.early = true;
  }
}

/** Adds what bars all keys of the cohort: rests of the quota group, and limits that are used up. */
export function barByQuota(cohort: Cohort, ask: Ask, obstacle: Obstacle): void {
  const { quota } = cohort;
  if (quota.rests) barByRests(quota.rests, ask, obstacle);
  for (const limit of cohort.plan.forModel(ask.model)) {
    if (leavesNothing(limit)) obstacle.bar(ask.now + NO_PART_MS, limit.pattern !== '*');
    const bucket = quota.bucket(limit.pattern);
    if (!bucket) continue;
    const full = bucket.fullUntil(limit, ask.now);
    if (full > 0) {
      obstacle.bar(full, limit.pattern !== '*');
      if (limit.tpm !== undefined && quota.inFlight > 0) obstacle.early = true;
      if (bucket.isBusyElsewhere(ask.now)) obstacle.early = true;
      continue;
    }
    const fits = bucket.fitsAt(limit, ask.tokens, ask.now);
    if (fits <= ask.now) continue;
    obstacle.short = Math.max(obstacle.short, fits);
    if (limit.pattern !== '*') obstacle.isShortOwn = true;
    if (quota.inFlight > 0) obstacle.early = true;
  }
  if (obstacle.early) quota.isAwaited = true;
}

/** Adds what bars this key alone. */
export function barByKey(key: KeyRecord, ask: Ask, obstacle: Obstacle): void {
  barByRests(key.rests, ask, obstacle);
}

function barByRests(rests: Rests, ask: Ask, obstacle: Obstacle): void {
  if (rests.whole) barByRest(rests.whole, ask.now, false, obstacle);
  if (!rests.models || ask.model === undefined) return;
  const single = rests.models.get(ask.model);
  if (single) barByRest(single, ask.now, true, obstacle);
}

function barByRest(record: RestRecord, now: number, ownModel: boolean, obstacle: Obstacle): void {
  if (record.runs(now)) obstacle.bar(record.until, ownModel);
  else if (record.probing) obstacle.bar(Infinity, ownModel);
  else if (record.triedUntil > now) {
    obstacle.bar(record.triedUntil, ownModel);
    obstacle.early = true;
  }
}
