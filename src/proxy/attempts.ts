import { setTimeout } from 'node:timers/promises';
import type { KeywheelError } from '../kernel/errors.js';
import { OK, type Verdict } from '../kernel/verdict.js';
import type { Lease, LeaseRequest } from '../keys/pool/lease.js';
import type { RetryBudget } from '../upstreams/retry-budget.js';
import type { Call } from './call.js';
import type { Exchange } from './exchange.js';
import type { Plan, Target } from './plan.js';

/** How often one call may go on to keys it has not tried while the upstream is blamed, see ADR 4. */
const MOST_ATTEMPTS = 100;
const BUDGET_POLL_MS = 10;
const NONE: ReadonlySet<string> = new Set();

/** One attempt that was answered, or has failed. */
export interface Tried {
  readonly target: Target;
  readonly lease: Lease;
  readonly exchange: Exchange;
  readonly verdict: Verdict;
  /** What the client is told where there is no answer to pass on. */
  readonly error: KeywheelError | undefined;
  /** Surely nothing of it reached the upstream. */
  readonly unsent: boolean;
}

interface Bounds {
  readonly maxAttempts: number;
  readonly maxWaitMs: number;
}

/**
 * What one call has tried, and whether it may try again. Failures of a key are fast and take the key out of
 * the pool, so they are not counted; failures of the upstream are slow, and are. It is also what the pool is asked
 * with for the next attempt.
 */
export class Attempts implements LeaseRequest {
  last: Tried | undefined;
  private failed: Set<string> | undefined;
  private index = 0;
  private upstreamFailures = 0;
  private unsuited = 0;
  private retrying = false;

  constructor(
    private readonly call: Call,
    private readonly plan: Plan,
    private readonly budget: RetryBudget,
    private readonly bounds: Bounds,
  ) {
    budget.began(this.budgetId);
  }

  get target(): Target {
    return this.plan.targets[this.index]!;
  }

  get upstreamId(): string {
    return this.target.upstream.id;
  }

  get model(): string | undefined {
    return this.target.model;
  }

  get only(): string | undefined {
    return this.target.onlyKey;
  }

  get tokens(): number {
    return this.plan.tokens;
  }

  get tried(): ReadonlySet<string> {
    return this.failed ?? NONE;
  }

  get since(): number {
    return this.call.startedAt;
  }

  get signal(): AbortSignal {
    return this.call.signal;
  }

  get hasOtherTarget(): boolean {
    return this.index + 1 < this.plan.targets.length;
  }

  /** Epoch milliseconds until which the call may wait for a key; only the last target is waited for. */
  get waitUntil(): number {
    return this.hasOtherTarget ? 0 : this.lastWait;
  }

  /** From here on only keys that have not failed of late are worth an attempt. */
  get soundOnly(): boolean {
    return this.upstreamFailures >= this.bounds.maxAttempts;
  }

  nextTarget(): void {
    this.index++;
    this.upstreamFailures = 0;
  }

  add(tried: Tried): void {
    this.last = tried;
    if (tried.verdict === OK) return;
    this.failed ??= new Set();
    this.failed.add(tried.lease.keyId);
    if (tried.verdict.retry === 'attempt') this.upstreamFailures++;
  }

  /** Whether the call goes on after the last attempt. */
  mayGoOn(): boolean {
    const { verdict, unsent, target } = this.last!;
    if (verdict.retry === 'no' || this.call.stopped || target.body?.replayable === false) return false;
    // Without an effect nothing takes the key out: it may be the call that no key will do for.
    if (verdict.retry === 'next_key')
      return verdict.effect !== undefined || ++this.unsuited < this.bounds.maxAttempts;
    if (!unsent && !this.plan.repeatable && !target.upstream.retryUnsafe) return false;
    if (!this.soundOnly) return true;
    if (this.hasOtherTarget) {
      this.nextTarget();
      return true;
    }
    return this.call.attempts < MOST_ATTEMPTS && Date.now() < this.lastWait;
  }

  /**
   * Waits until another attempt after a failure of the upstream fits into the retry budget: a burst of failures
   * is repeated little by little. False where that was not soon enough, or the call was stopped.
   */
  async fitsBudget(): Promise<boolean> {
    if (this.retrying || this.last!.verdict.retry !== 'attempt') return true;
    while (!this.budget.mayRetry(this.budgetId)) {
      if (this.call.stopped || Date.now() >= this.lastWait) return false;
      await setTimeout(BUDGET_POLL_MS);
    }
    this.budget.retryBegan(this.budgetId);
    this.retrying = true;
    return true;
  }

  /** To be called once, when the call has its answer or none. */
  end(): void {
    if (this.retrying) this.budget.retryEnded(this.budgetId);
    this.budget.ended(this.budgetId);
  }

  private get budgetId(): string {
    return this.plan.targets[0]!.upstream.id;
  }

  /** Epoch milliseconds. */
  private get lastWait(): number {
    return this.call.startedAt + this.bounds.maxWaitMs;
  }
}
