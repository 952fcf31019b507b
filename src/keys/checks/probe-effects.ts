import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import type { Verdict } from '../../kernel/verdict.js';
import { KeyStatuses } from '../key-statuses.js';
import { UNCONFIRMED_REASON } from '../pool/backoff.js';
import { type KeyState, PoolState } from '../pool/pool-state.js';
import type { CheckResult } from '../ports.js';
import type { KeyRow } from '../rows/key-row.js';
import { LONG_REST_MS } from '../sync/key-memories.js';
import { CheckPlan } from './check-plan.js';

const DEFAULT_QUOTA_REST_MS = 3600_000;

export type ProbedKey = Pick<KeyRow, 'id' | 'upstreamId' | 'status' | 'until'>;

/** What the answer to a probe does to the key. Never called for a key that a person disabled. */
@Injectable()
export class ProbeEffects {
  constructor(
    private readonly statuses: KeyStatuses,
    private readonly plan: CheckPlan,
    private readonly state: PoolState,
    private readonly clock: Clock,
  ) {}

  async apply(key: ProbedKey, result: CheckResult | undefined): Promise<void> {
    if (!result) return this.withoutCheck(key);
    const { verdict } = result;
    switch (verdict.blame) {
      case 'none':
        return (await this.provesEnough(key, result)) ? this.good(key) : this.plan.failed(key.id, 'quota');
      case 'key':
        return this.bad(key, verdict);
      case 'quota':
        return this.outOfQuota(key, verdict);
      case 'setup':
        return this.plan.failed(key.id, verdict.reason);
      case 'upstream':
      case 'caller':
      case 'unknown':
        return this.plan.postponed(key.id);
    }
  }

  /**
   * The upstream has nothing to check with: what a call said of the key stands, and when its time has come
   * the next call is the check. The interval grows while these fail.
   */
  private async withoutCheck(key: ProbedKey): Promise<void> {
    if (key.status === 'exhausted' && (key.until ?? 0) > this.clock.now()) return this.plan.postponed(key.id);
    const isSuspect = key.status === 'active' && (await this.stateOf(key))?.reason === UNCONFIRMED_REASON;
    if (!isSuspect) return this.good(key);
    await this.statuses.refuse(key.upstreamId, key.id, 'refused');
    await this.plan.failed(key.id, 'refused');
  }

  /** A check that draws on no quota says nothing about a rest that is for quota: that ends in its own time. */
  private async provesEnough(key: ProbedKey, result: CheckResult): Promise<boolean> {
    if (result.provesQuota !== false) return true;
    if (key.status === 'exhausted' && (key.until ?? 0) > this.clock.now()) return false;
    const state = await this.stateOf(key);
    const rests = state?.status === 'cooling' || state?.status === 'exhausted';
    return !rests || state.reason === UNCONFIRMED_REASON;
  }

  private async good(key: ProbedKey): Promise<void> {
    const wasPlanned = await this.plan.passed(key.id);
    if (wasPlanned || key.status !== 'active' || (await this.isOut(key))) {
      await this.statuses.lift(key.upstreamId, [key.id]);
    }
  }

  /** Whether this process's pool holds it back for more than a short cooldown. */
  private async isOut(key: ProbedKey): Promise<boolean> {
    const state = await this.stateOf(key);
    if (!state || state.status === 'free') return false;
    const isLong = (state.until ?? 0) - this.clock.now() > LONG_REST_MS;
    return isLong || state.status === 'invalid' || state.reason === UNCONFIRMED_REASON;
  }

  private async stateOf(key: ProbedKey): Promise<KeyState | undefined> {
    const [state] = await this.state.state(key.upstreamId, this.clock.now(), [key.id]);
    return state;
  }

  private async bad(key: ProbedKey, verdict: Verdict): Promise<void> {
    if (verdict.effect?.to !== 'cooling') await this.statuses.refuse(key.upstreamId, key.id, verdict.reason);
    await this.plan.failed(key.id, verdict.reason);
  }

  /** The provider knows the key, so it is not invalid; it rests. */
  private async outOfQuota(key: ProbedKey, verdict: Verdict): Promise<void> {
    if (key.status === 'invalid') await this.statuses.lift(key.upstreamId, [key.id]);
    const until = verdict.effect?.until ?? this.clock.now() + DEFAULT_QUOTA_REST_MS;
    const status = verdict.effect?.to === 'exhausted' ? 'exhausted' : 'cooling';
    await this.state.rest(key.upstreamId, key.id, undefined, {
      status,
      reason: verdict.reason,
      until,
      streak: 1,
    });
    await this.plan.failed(key.id, verdict.reason);
  }
}
