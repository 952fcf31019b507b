import type { Placed } from '../../kernel/placed-list.js';
import type { KeyRecord, Quota } from './key-record.js';
import type { PlannedLimit } from './limit-plan.js';
import type { Grant, Pick, Settlement } from './pool-state.js';
import type { Probe, RestRecord } from './rests.js';

/** Who lent the key and takes it back. */
export interface Lender {
  /** Who stands behind, and hears who has spoken. */
  readonly shaky: { answered(held: HeldKey, now: number): void };
  settle(held: HeldKey, settlement: Settlement): void;
}

/** A grant of the memory state, which is its own reservation. */
export class HeldKey implements Grant, Placed {
  /** Among those that Redis counts or is asked to, for PoolLimits alone. */
  place = -1;
  readonly keyId: string;
  readonly upstreamId: string;
  readonly model: string | undefined;
  readonly quota: Quota;
  readonly limits: readonly PlannedLimit[];
  readonly tokens: number;
  readonly at: number;
  /** Half-open rests that this call is to try out. */
  readonly probes: readonly Probe[] | undefined;
  /** When the count over all instances took it over, in that count's time; 0 where it did not. */
  sharedAt = 0;
  isOpen = true;
  /** Its key has said a first word to it, or nobody waits for one any more. */
  isHeard = false;

  /** Reserves: counts the call against every limit, before anything is sent. */
  constructor(
    readonly lender: Lender,
    readonly key: KeyRecord,
    pick: Pick,
    zone: string,
  ) {
    this.keyId = key.id;
    this.upstreamId = pick.upstreamId;
    this.model = pick.model;
    this.quota = key.quota;
    this.limits = key.plan.forModel(pick.model);
    this.tokens = pick.tokens;
    this.at = pick.now;
    key.inFlight += 1;
    this.quota.inFlight += 1;
    for (const limit of this.limits) {
      this.quota.makeBucket(limit.pattern).reserve(limit, pick.tokens, zone, pick.now);
    }
    const ofGroup = this.quota.rests?.beginProbes(pick.model, undefined);
    this.probes = key.rests.beginProbes(pick.model, ofGroup);
  }

  get reservation(): this {
    return this;
  }

  /** Whether it counts requests of a day, which have to outlive a restart. */
  get countsDay(): boolean {
    return this.limits.some((limit) => limit.rpd !== undefined);
  }

  /** Whether this call was sent to try out that very state of a rest. */
  isProbeOf(record: RestRecord): boolean {
    return this.probes?.some((probe) => probe.record === record && probe.epoch === record.epoch) ?? false;
  }

  /** Gives back what was reserved and corrects the tokens. False when that was done before. */
  release({ tokens, unsent, now }: Settlement): boolean {
    if (!this.isOpen) return false;
    this.isOpen = false;
    this.key.inFlight -= 1;
    this.quota.inFlight -= 1;
    const difference = unsent ? -this.tokens : tokens === undefined ? 0 : tokens - this.tokens;
    for (const limit of this.limits) {
      const bucket = this.quota.makeBucket(limit.pattern);
      bucket.inFlight -= 1;
      bucket.correctTokens(limit, difference, this.at, now);
      if (unsent) bucket.takeBackRequest(limit, this.at, now);
    }
    return true;
  }
}
