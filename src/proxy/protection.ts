import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import { failsForAllKeys, type Verdict } from '../kernel/verdict.js';
import { Breakers } from '../upstreams/breaker.js';
import { RetryBudget } from '../upstreams/retry-budget.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Tried } from './attempts.js';

/** A failure that took this long may be told at once: its call may fail again as slowly, or be given up, before it ends. */
const SLOW_MS = 5000;

/**
 * What keeps us from hammering an upstream that is down: its breaker, and the budget of repeated attempts.
 * The breaker hears of whole calls: a failure that another key made good says nothing of the upstream.
 */
@Injectable()
export class Protection {
  constructor(
    private readonly breakers: Breakers,
    readonly budget: RetryBudget,
  ) {}

  /** Why the upstream must not be called now, or undefined; then the call must end in `callEnded` or `forgone`. */
  refusal(upstream: Upstream, now: number): KeywheelError | undefined {
    const retryAfterMs = this.breakers.closedFor(upstream.id, now);
    if (retryAfterMs === undefined) return undefined;
    const text = `Upstream "${upstream.slug}" has failed repeatedly and is left alone for a moment.`;
    return new KeywheelError('breaker_open', text, { retryAfterMs });
  }

  /** Nothing was asked of the upstream after all. */
  forgone(upstream: Upstream): void {
    this.breakers.forgo(upstream.id);
  }

  /** @param hasSound whether another key is left that has not failed of late; asked after slow failures only */
  async attemptEnded(tried: Tried, durationMs: number, hasSound: () => Promise<boolean>): Promise<void> {
    const { target, verdict } = tried;
    if (verdict.blame === 'unknown') return this.forgone(target.upstream);
    if (verdict.blame !== 'upstream' || durationMs < SLOW_MS) return;
    if (!failsForAllKeys(verdict) && (await hasSound())) return;
    this.tell(tried, verdict);
  }

  /**
   * The call has ended, or has left this target for another.
   * @param verdict of the last attempt, with what became of its answer on the way
   */
  callEnded(tried: Tried, verdict: Verdict): void {
    if (verdict.blame === 'unknown' || tried.told) return;
    this.tell(tried, verdict);
  }

  private tell(tried: Tried, verdict: Verdict): void {
    tried.told = true;
    const { target, lease } = tried;
    const keyId = failsForAllKeys(verdict) ? undefined : lease.keyId;
    this.breakers.record(target.upstream.id, verdict.blame !== 'upstream', Date.now(), keyId);
  }
}
