import { Bucket } from './bucket.js';
import type { LimitPlan } from './limit-plan.js';
import type { PoolKey } from './pool-state.js';
import { Rests } from './rests.js';
import { Slots } from './slots.js';

/** What the keys of one quota group share; a key without a group has one of its own. */
export class Quota {
  /** Only of a group: what an answer says of a lone key is kept with the key. */
  readonly rests: Rests | undefined;
  readonly cohorts: Cohort[] = [];
  inFlight = 0;
  /** Keys that name this group, lendable or not. */
  keys = 0;
  /** Somebody was turned away who may pass when a call in flight ends. */
  isAwaited = false;
  /** Keys with which a rest of the group is stored. */
  carriers: Set<string> | undefined;
  /** The first pattern's bucket, and those of others: nearly all have one, which so is near. */
  private pattern = '';
  private first: Bucket | undefined;
  private others: Map<string, Bucket> | undefined;

  constructor(readonly group: string | undefined) {
    this.rests = group === undefined ? undefined : new Rests();
  }

  bucket(pattern: string): Bucket | undefined {
    return pattern === this.pattern ? this.first : this.others?.get(pattern);
  }

  makeBucket(pattern: string): Bucket {
    return this.bucket(pattern) ?? this.addBucket(pattern);
  }

  *allBuckets(): Iterable<[string, Bucket]> {
    if (this.first) yield [this.pattern, this.first];
    if (this.others) yield* this.others;
  }

  private addBucket(pattern: string): Bucket {
    const bucket = new Bucket();
    if (this.first) (this.others ??= new Map()).set(pattern, bucket);
    else {
      this.pattern = pattern;
      this.first = bucket;
    }
    return bucket;
  }
}

/** Keys that are lent by turns and are barred together: same quota group, same limits, same priority. */
export class Cohort {
  readonly members = new Slots<KeyRecord>();
  /** Number of the cohort in its pool. */
  slot = -1;

  constructor(
    readonly quota: Quota,
    readonly plan: LimitPlan,
    readonly tier: number,
  ) {}
}

/** One key as the memory state keeps it. */
export class KeyRecord {
  readonly id: string;
  weight: number;
  quota: Quota;
  plan: LimitPlan;
  readonly rests = new Rests();
  inFlight = 0;
  /** A verdict said that the provider refuses it: its reason. */
  refused: string | undefined;
  /** Its last attempt failed by the upstream's fault; kept until the next success, see ShakyKeys. */
  shaky: { streak: number; until: number; failedAt: number; stands: boolean } | undefined;
  /** Calls that wait for a first word from it, and since when none has come, see SilentKeys. */
  waiting = 0;
  waitingSince = 0;
  isWatched = false;
  isSilent = false;
  /** Where it takes its turns; undefined while it is out. */
  cohort: Cohort | undefined;
  /** Its number among the cohort's members. */
  index = -1;
  isDropped = false;

  constructor(
    public declared: PoolKey,
    quota: Quota,
    plan: LimitPlan,
    /** Order of creation in the pool. */
    readonly age: number,
  ) {
    this.id = declared.id;
    this.quota = quota;
    this.plan = plan;
    this.weight = weightOf(declared);
  }

  declare(declared: PoolKey, quota: Quota, plan: LimitPlan): void {
    this.declared = declared;
    this.quota = quota;
    this.plan = plan;
    this.weight = weightOf(declared);
  }

  /** Why it is not lent at all. */
  get out(): 'disabled' | 'invalid' | undefined {
    return this.declared.out ?? (this.refused === undefined ? undefined : 'invalid');
  }

  /** It stands behind the sound keys. */
  get isShaky(): boolean {
    return this.isSilent || this.shaky?.stands === true;
  }

  /** The rests that an effect on the whole group, or on this key alone, goes to. */
  restsFor(share: 'key' | 'group'): Rests {
    return (share === 'group' ? this.quota.rests : undefined) ?? this.rests;
  }
}

function weightOf(declared: PoolKey): number {
  return declared.weight > 0 ? declared.weight : 1;
}
