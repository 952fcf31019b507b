import { setTimeout } from 'node:timers/promises';
import type { KeywheelError } from '../kernel/errors.js';
import { failsForAllKeys, OK, type Verdict } from '../kernel/verdict.js';
import type { Lease, LeaseRequest } from '../keys/pool/lease.js';
import type { RetryBudget } from '../upstreams/retry-budget.js';
import type { Call } from './call.js';
import type { Exchange } from './exchange.js';
import type { Heartbeats } from './heartbeats.js';
import { longestSearchMs, patienceMs } from './patience.js';
import type { Plan, Target } from './plan.js';

/** How often one call may go on to keys it has not tried while the upstream is blamed, see ADR 4. */
const MOST_ATTEMPTS = 100;
const BUDGET_POLL_MS = 10;
/**
 * Repeats after attempts that took as long cannot come in a burst, so they need no room in the retry budget. Who could
 * not be connected to in that time is not asked again where there is another to ask.
 */
const UNHURRIED_MS = 1000;
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
  /** The breaker has heard of it. */
  told: boolean;
}

interface Bounds {
  readonly maxAttempts: number;
  readonly maxWaitMs: number;
  readonly firstByteTimeoutMs: number;
}

/**
 * What one call has tried, and whether it may try again. Failures of a key are fast and take the key out of
 * the pool, so they are not counted; failures of the upstream are slow, and are. It is also what the pool is asked
 * with for the next attempt. Time to wait is what a call stands still; what its attempts take does not use it up.
 */
export class Attempts implements LeaseRequest {
  last: Tried | undefined;
  /** What the client hears while it waits. */
  heartbeats: Heartbeats | undefined;
  /** The key that served this conversation last, at this target. */
  prefer: string | undefined;
  private failed: Set<string> | undefined;
  private index = 0;
  /** Attempts at this target. */
  private atTarget = 0;
  /** Of the targets that had no key free: which may have one soonest, and what the client is told if none has. */
  private soonest: { readonly index: number; readonly error: KeywheelError } | undefined;
  /** Every target has been asked; the call waits for the soonest, or for its only one. */
  private settledDown: boolean;
  private upstreamFailures = 0;
  private unsuited = 0;
  private retrying = false;
  /** When the attempt that is under way began, and how long the last one took; in milliseconds of the call. */
  private beganMs = 0;
  private lastMs = 0;
  /** What all attempts have taken, and those of this target. */
  private spentMs = 0;
  private searchedMs = 0;
  private silences = 0;

  constructor(
    private readonly call: Call,
    private readonly plan: Plan,
    private readonly budget: RetryBudget,
    private readonly bounds: Bounds,
  ) {
    this.settledDown = plan.targets.length === 1;
    budget.began(this.upstreamId);
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

  /** Nothing has been asked of this target's upstream yet. */
  get isFirstHere(): boolean {
    return this.atTarget === 0;
  }

  get hasOtherTarget(): boolean {
    return !this.settledDown && this.index + 1 < this.plan.targets.length;
  }

  /** Epoch milliseconds until which the call may wait for a key; before it waits, every target is asked. */
  get waitUntil(): number {
    return this.settledDown ? this.lastWait : 0;
  }

  /** This target has kept the call waiting for nothing. */
  get metSilence(): boolean {
    return this.silences > 0;
  }

  /** From here on only keys that have not failed of late are worth an attempt. */
  get soundOnly(): boolean {
    return this.upstreamFailures >= this.bounds.maxAttempts;
  }

  /**
   * Goes on to the next target, where there is one; else, once, to the one that may have a key soonest, to wait
   * there. False where neither is left.
   * @param refusal why this target lends no key; absent where it has answered
   */
  moveOn(refusal?: KeywheelError): boolean {
    this.note(refusal);
    if (this.hasOtherTarget) {
      this.moveTo(this.index + 1);
      return true;
    }
    if (this.settledDown || !this.soonest) return false;
    this.settledDown = true;
    this.moveTo(this.soonest.index);
    return true;
  }

  /** What the client is told where no target has a key: that of the target that may have one soonest. */
  refusal(last: KeywheelError): KeywheelError {
    return this.soonest?.error ?? last;
  }

  /** Keeps the sooner one; a target that is left alone after failures counts by when it may be asked again. */
  private note(refusal: KeywheelError | undefined): void {
    if (!refusal || this.settledDown) return;
    const known = this.soonest?.error.retryAfterMs ?? Infinity;
    if (!this.soonest || (refusal.retryAfterMs ?? Infinity) < known) {
      this.soonest = { index: this.index, error: refusal };
    }
  }

  private moveTo(index: number): void {
    this.leaveBudget();
    this.index = index;
    this.budget.began(this.upstreamId);
    this.atTarget = 0;
    this.unsuited = 0;
    this.upstreamFailures = 0;
    this.searchedMs = 0;
    this.silences = 0;
  }

  began(): void {
    this.beganMs = this.call.elapsedMs();
  }

  /** How the attempt that began last has ended. @returns milliseconds that it took */
  add(tried: Tried): number {
    const durationMs = this.call.elapsedMs() - this.beganMs;
    this.last = tried;
    this.atTarget++;
    if (tried.verdict !== OK) this.noteFailure(tried, durationMs);
    return durationMs;
  }

  private noteFailure({ lease, verdict }: Tried, durationMs: number): void {
    this.failed ??= new Set();
    this.failed.add(lease.keyId);
    this.lastMs = durationMs;
    this.spentMs += durationMs;
    this.searchedMs += durationMs;
    if (verdict.retry === 'attempt') this.upstreamFailures++;
    if (isSilence(verdict)) this.silences++;
  }

  /** How long the next attempt may be silent. `keys`: how many the pool has free; matters once silence was met. */
  patienceMs(keys: number): number {
    const { fullMs, silences, searchedMs: spentMs } = this;
    const keysLeft = Math.min(keys - this.tried.size, MOST_ATTEMPTS - this.call.attempts);
    return patienceMs({ fullMs, silences, spentMs, keysLeft });
  }

  /** Whether the call goes on after the last attempt: with another key, or with another target. */
  mayGoOn(): 'here' | 'elsewhere' | false {
    const { verdict, unsent, target } = this.last!;
    if (verdict === OK || this.call.stopped || target.body?.replayable === false) return false;
    if (verdict.retry === 'no') return isOfThisTarget(verdict) && this.elsewhere();
    // Without an effect nothing takes the key out: it may be the call that no key will do for.
    if (verdict.retry === 'next_key') {
      const others = verdict.effect !== undefined || ++this.unsuited < this.bounds.maxAttempts;
      return others ? 'here' : this.elsewhere();
    }
    if (!unsent && !this.plan.repeatable && !target.upstream.retryUnsafe) return false;
    if (this.mayRepeat()) return 'here';
    return this.elsewhere() || (this.mayWalkOn() && 'here');
  }

  /** Whether any key is worth an attempt; where it took long to find out that none is, another target is asked first. */
  private mayRepeat(): boolean {
    const isLost = failsForAllKeys(this.last!.verdict) && this.lastMs >= UNHURRIED_MS;
    return !this.soundOnly && !(isLost && this.hasOtherTarget);
  }

  private elsewhere(): 'elsewhere' | false {
    return this.hasOtherTarget && 'elsewhere';
  }

  private mayWalkOn(): boolean {
    return (
      !failsForAllKeys(this.last!.verdict) &&
      this.call.attempts < MOST_ATTEMPTS &&
      this.searchedMs < longestSearchMs(this.fullMs, MOST_ATTEMPTS) &&
      this.mayStandStill
    );
  }

  /**
   * Waits until another attempt after a failure of the upstream fits into the retry budget: a burst of failures
   * is repeated little by little. False where that was not soon enough, or the call was stopped.
   */
  async fitsBudget(): Promise<boolean> {
    const { verdict } = this.last!;
    if (this.retrying || this.isFirstHere || verdict.retry !== 'attempt') return true;
    if (isSilence(verdict) || this.lastMs >= UNHURRIED_MS) return true;
    while (!this.budget.mayRetry(this.upstreamId)) {
      if (this.call.stopped || !this.mayStandStill) return false;
      await setTimeout(BUDGET_POLL_MS);
    }
    this.budget.retryBegan(this.upstreamId);
    this.retrying = true;
    return true;
  }

  /** To be called once, when the call has its answer or none. */
  end(): void {
    this.heartbeats?.stop();
    this.leaveBudget();
  }

  private leaveBudget(): void {
    if (this.retrying) this.budget.retryEnded(this.upstreamId);
    this.budget.ended(this.upstreamId);
    this.retrying = false;
  }

  private get fullMs(): number {
    return this.target.upstream.timeouts.firstByteTimeoutMs ?? this.bounds.firstByteTimeoutMs;
  }

  /** Whether there is time left to wait. By the call's own clock: the system's may be set while a search goes on. */
  private get mayStandStill(): boolean {
    return this.call.elapsedMs() - this.spentMs < this.bounds.maxWaitMs;
  }

  /** Epoch milliseconds. */
  private get lastWait(): number {
    return this.call.startedAt + this.spentMs + this.bounds.maxWaitMs;
  }
}

/** No other key of this target would do better, but another target may. */
function isOfThisTarget({ elsewhere, blame }: Verdict): boolean {
  return elsewhere === true || blame === 'setup';
}

function isSilence({ reason }: Verdict): boolean {
  return reason === 'timeout_first_byte';
}
