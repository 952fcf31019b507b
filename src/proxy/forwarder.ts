import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import { OK, type Verdict } from '../kernel/verdict.js';
import { type MaybePromise, isPromise } from '../kernel/maybe-promise.js';
import type { Lease } from '../keys/pool/lease.js';
import { Settings } from '../settings/settings.js';
import { Recorder } from '../stats/recorder.js';
import { answer } from './answer.js';
import { Attempts, type Tried } from './attempts.js';
import type { Call } from './call.js';
import type { Exchange } from './exchange.js';
import { Heartbeats } from './heartbeats.js';
import { judgeExchange } from './judge-exchange.js';
import { Lending } from './lending.js';
import type { Plan } from './plan.js';
import { Protection } from './protection.js';
import type { Ending } from './relay.js';
import { Sender } from './sender.js';

/** What the way to the client made of a good answer. */
const VERDICTS: Readonly<Record<Ending, Verdict>> = {
  complete: OK,
  broken: Object.freeze({ blame: 'upstream', reason: 'stream_broken', retry: 'no' }),
  stopped: Object.freeze({ blame: 'unknown', reason: 'client_gone', retry: 'no' }),
};

/**
 * The way of a call, on one screen: lease a key, put the attempt on the wire, judge what came, and either go
 * on with another key or answer. Failover happens before the first byte to the client, never after.
 */
@Injectable()
export class Forwarder {
  constructor(
    private readonly lending: Lending,
    private readonly sender: Sender,
    private readonly protection: Protection,
    private readonly recorder: Recorder,
    private readonly settings: Settings,
  ) {}

  /** Answers the call, or throws the KeywheelError that the entry has to render; never both. */
  async forward(call: Call, plan: Plan): Promise<void> {
    const attempts = new Attempts(call, plan, this.protection.budget, this.settings.values);
    try {
      do {
        const found = this.lease(call, attempts);
        const lease = isPromise(found) ? await found : found;
        if (!lease) break;
        attempts.last?.exchange.abort('superseded');
        const keys = attempts.metSilence ? await this.lending.free(attempts.target.upstream) : 0;
        const exchange = this.begin(call, plan, attempts, lease, keys);
        await exchange.opened;
        const noted = this.judge(call, attempts, lease, exchange);
        if (isPromise(noted)) await noted;
      } while (this.goesOn(attempts) && (await attempts.fitsBudget()));
      attempts.heartbeats?.stop();
      await this.answer(call, plan, attempts.last!);
    } finally {
      // Nobody reads on where the client got an error of ours instead of what the upstream still sends.
      attempts.last?.exchange.abort('not passed on');
      attempts.end();
    }
  }

  /**
   * A key of the first target that has one. Undefined where none is left but an answer of the upstream is
   * there that says more than "no key free".
   */
  private lease(call: Call, attempts: Attempts): MaybePromise<Lease | undefined> {
    try {
      const lease = this.leaseFrom(call, attempts);
      return isPromise(lease)
        ? lease.catch((error: unknown) => this.leaseElsewhere(call, attempts, error))
        : lease;
    } catch (error) {
      return this.leaseElsewhere(call, attempts, error);
    }
  }

  /** Whether there is to be another attempt. A target that is left for another hears what its last one said. */
  private goesOn(attempts: Attempts): boolean {
    const where = attempts.mayGoOn();
    if (where !== 'elsewhere') return where === 'here';
    const { last } = attempts;
    this.protection.callEnded(last!, last!.verdict);
    return attempts.moveOn();
  }

  private leaseFrom(call: Call, attempts: Attempts): MaybePromise<Lease> {
    const { upstream } = attempts.target;
    const refusal = attempts.isFirstHere ? this.protection.refusal(upstream, Date.now()) : undefined;
    if (refusal) throw refusal;
    const { conversation } = call;
    if (conversation !== undefined) attempts.prefer = this.lending.preferred(upstream, conversation);
    return this.lending.lease(upstream, attempts);
  }

  private leaseElsewhere(call: Call, attempts: Attempts, error: unknown): MaybePromise<Lease | undefined> {
    if (!(error instanceof KeywheelError)) throw error;
    if (!attempts.isFirstHere) this.protection.callEnded(attempts.last!, attempts.last!.verdict);
    else if (error.code !== 'breaker_open') this.protection.forgone(attempts.target.upstream);
    if (call.stopped) throw error;
    if (attempts.moveOn(error)) return this.lease(call, attempts);
    if (tellsMore(attempts.last)) return undefined;
    throw attempts.refusal(error);
  }

  /** Puts an attempt on the wire. @param keys that the pool has free; matters once silence was met */
  private begin(call: Call, plan: Plan, attempts: Attempts, lease: Lease, keys: number): Exchange {
    const { target } = attempts;
    attempts.began();
    call.attempts++;
    call.upstream = target.upstream;
    if (target.countedAs !== undefined) call.model = target.countedAs;
    call.keyId = lease.keyId;
    call.waitedMs += lease.waitedMs;
    if (target.heartbeat) attempts.heartbeats ??= new Heartbeats(call, target.heartbeat);
    const exchange = this.sender.send(call, plan, target, lease, attempts.patienceMs(keys));
    call.onStop(exchange);
    return exchange;
  }

  /** Judges what has come, and notes it. */
  private judge(call: Call, attempts: Attempts, lease: Lease, exchange: Exchange): MaybePromise<void> {
    call.onStop(undefined);
    const { target } = attempts;
    const { verdict, error, unsent } = judgeExchange(exchange, exchange.rules, call.stopped !== undefined);
    const tried: Tried = { target, lease, exchange, verdict, error, unsent, told: false };
    const durationMs = attempts.add(tried);
    if (verdict === OK) {
      call.goodAttempt = true;
      this.lending.answered(lease);
      if (call.conversation !== undefined) this.lending.served(target.upstream, call.conversation, lease);
      return;
    }
    const { reason } = verdict;
    this.recorder.attempt({ upstream: target.upstream.slug, keyId: lease.keyId, reason });
    this.lending.settle(lease, verdict, undefined, unsent);
    return this.protection.attemptEnded(tried, durationMs, () => this.lending.hasSound(attempts));
  }

  private async answer(call: Call, plan: Plan, tried: Tried): Promise<void> {
    try {
      if (tried.error) throw tried.error;
      const ending = answer(call, plan, tried);
      this.answered(call, tried, isPromise(ending) ? await ending : ending);
    } catch (error) {
      if (tried.verdict === OK) this.lending.settle(tried.lease, OK);
      this.protection.callEnded(tried, tried.verdict);
      throw error;
    }
  }

  /** @param ending of a good answer on its way to the client */
  private answered(call: Call, tried: Tried, ending: Ending): void {
    const { exchange, lease } = tried;
    const verdict = tried.verdict === OK ? VERDICTS[ending] : tried.verdict;
    const usage = exchange.watch?.usage;
    call.usage = usage;
    call.outcome = verdict.reason;
    if (tried.verdict === OK) this.lending.settle(lease, verdict, usage && usage.input + usage.output);
    this.protection.callEnded(tried, verdict);
  }
}

/** Whether what an upstream answered is worth more to the client than "no key free". */
function tellsMore(last: Tried | undefined): boolean {
  if (!last) return false;
  const { blame, effect } = last.verdict;
  return blame === 'upstream' || blame === 'setup' || effect === undefined;
}
