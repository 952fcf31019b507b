import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import type { Verdict } from '../kernel/verdict.js';
import { Breakers } from '../upstreams/breaker.js';
import { RetryBudget } from '../upstreams/retry-budget.js';
import type { Upstream } from '../upstreams/upstream.js';

/**
 * What keeps us from hammering an upstream that is down: its breaker, and the budget of repeated attempts.
 * The breaker hears of whole calls: a failure that another key made good says nothing of the upstream. Only a
 * silent upstream is reported at once, since its calls end too late to be heard of.
 */
@Injectable()
export class Protection {
  constructor(
    private readonly breakers: Breakers,
    readonly budget: RetryBudget,
  ) {}

  /** Why the upstream must not be called now, or undefined. */
  refusal(upstream: Upstream, now: number): KeywheelError | undefined {
    const retryAfterMs = this.breakers.closedFor(upstream.id, now);
    if (retryAfterMs === undefined) return undefined;
    const text = `Upstream "${upstream.slug}" has failed repeatedly and is left alone for a moment.`;
    return new KeywheelError('breaker_open', text, { retryAfterMs });
  }

  attemptEnded(upstream: Upstream, verdict: Verdict): void {
    if (verdict.reason.startsWith('timeout_')) this.breakers.record(upstream.id, false, Date.now());
  }

  callEnded(upstream: Upstream, verdict: Verdict): void {
    if (verdict.reason.startsWith('timeout_')) return;
    this.breakers.record(upstream.id, verdict.blame !== 'upstream', Date.now());
  }
}
