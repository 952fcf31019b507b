import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { KeywheelError } from '../../kernel/errors.js';
import { type MaybePromise, isPromise } from '../../kernel/maybe-promise.js';
import type { Verdict } from '../../kernel/verdict.js';
import { Log } from '../../logging/log.js';
import { KeyRing } from '../key-ring.js';
import type { Lease, LeaseRequest } from './lease.js';
import { noKeyFree } from './no-key-free.js';
import { type Grant, type Pick, type PoolCounts, PoolState, type Refusal } from './pool-state.js';
import { isWorthWaiting, WaitingRoom } from './waiting-room.js';

/** More calls than this do not wait; they are told to come again. */
const MOST_WAITING = 10_000;
/** How long a key rests whose secret is not at hand. */
const NO_SECRET_REST_MS = 5_000;
const MOST_WITHOUT_SECRET = 100;
const NONE: ReadonlySet<string> = new Set();

const NEVER_SENT: Verdict = Object.freeze({ blame: 'unknown', reason: 'not_sent', retry: 'no' });

/**
 * Lends keys to calls: in the same turn where one is free and the state is in memory, else after waiting in
 * order of arrival.
 */
@Injectable()
export class KeyPool {
  private readonly room: WaitingRoom;

  constructor(
    private readonly state: PoolState,
    private readonly ring: KeyRing,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.room = new WaitingRoom(
      {
        ask: (request, since) => this.ask(request, since, this.clock.now(), 0),
        giveBack: (lease) => this.settle(lease, NEVER_SENT, undefined, true),
        refusal: (request, refusal) => this.refusal(request.upstreamId, refusal),
      },
      clock,
    );
    state.listen({
      onFree: (upstreamId) => this.room.wake(upstreamId),
      onChanged: () => undefined,
      onInvalid: () => undefined,
    });
  }

  /**
   * A key for one attempt. Waits until `waitUntil` where one may come free by then.
   * @throws KeywheelError (or rejects with it) no_key_free with `retryAfterMs`; client_gone when the signal ends
   * the waiting
   */
  lease(request: LeaseRequest): MaybePromise<Lease> {
    const since = this.clock.now();
    if (this.room.isBusy(request)) return this.wait(request, since, this.room.readyAt(request));
    const answer = this.ask(request, since, since, 0);
    if (isPromise(answer)) return this.handLate(answer, request, since);
    return this.hand(answer, request, since);
  }

  /** The first word of its answer has come. */
  answered(lease: Lease): void {
    if (lease.grant) this.state.answered(lease.grant, this.clock.now());
  }

  /**
   * Gives a lease back with what the answer said. Never throws. `unsent`: surely nothing of the call reached the
   * upstream, so it does not count against its limits.
   */
  settle(lease: Lease, verdict: Verdict, tokens?: number, unsent = false): void {
    if (!lease.grant) return;
    const settlement = { verdict, now: this.clock.now(), tokens, unsent };
    try {
      const done = this.state.settle(lease.grant, settlement);
      if (isPromise(done)) done.catch((error: unknown) => this.notSettled(lease, error));
    } catch (error) {
      this.notSettled(lease, error);
    }
  }

  /** Whom the next call of this model would get, or why none and from when; nothing is lent. */
  free(upstreamId: string, model?: string): MaybePromise<{ readonly keyId: string } | Refusal> {
    return this.state.peek({ upstreamId, model, tokens: 0, tried: NONE, now: this.clock.now() });
  }

  /** Whether a key is free that this call has not tried, and that has not failed of late; nothing is lent. */
  async hasSound(request: LeaseRequest): Promise<boolean> {
    const now = this.clock.now();
    const answer = await this.state.peek({ ...this.pickOf(request, now, now), soundOnly: true });
    return answer.keyId !== undefined;
  }

  counts(upstreamId: string): MaybePromise<PoolCounts> {
    return this.state.counts(upstreamId, this.clock.now());
  }

  /** Whether the upstream has no keys at all. */
  isEmpty(upstreamId: string): boolean {
    return this.state.isEmpty(upstreamId);
  }

  /** How many calls wait for a key of this upstream, in this process. */
  waiting(upstreamId: string): number {
    return this.room.of(upstreamId);
  }

  private ask(
    request: LeaseRequest,
    since: number,
    now: number,
    withoutSecret: number,
  ): MaybePromise<Lease | Refusal> {
    const answer = this.state.acquire(this.pickOf(request, since, now));
    if (isPromise(answer))
      return answer.then((late) => this.open(late, request, since, this.clock.now(), withoutSecret));
    return this.open(answer, request, since, now, withoutSecret);
  }

  private pickOf(request: LeaseRequest, since: number, now: number): Pick {
    const { upstreamId, model, tokens, tried, only, soundOnly, prefer } = request;
    return {
      upstreamId,
      model,
      tokens,
      tried,
      only,
      soundOnly,
      prefer,
      since: request.since ?? since,
      now,
    };
  }

  private open(
    answer: Grant | Refusal,
    request: LeaseRequest,
    since: number,
    now: number,
    withoutSecret: number,
  ): MaybePromise<Lease | Refusal> {
    if (answer.keyId === undefined) return answer;
    const secret = this.ring.get(answer.keyId);
    const lease: Lease = { keyId: answer.keyId, secret, grant: answer, waitedMs: now - since };
    if (secret) return lease;
    this.settle(lease, NEVER_SENT, undefined, true);
    if (withoutSecret >= MOST_WITHOUT_SECRET) {
      return { keyId: undefined, readyAt: Infinity, early: false, why: 'out' };
    }
    const rested = this.state.rest(request.upstreamId, answer.keyId, undefined, {
      status: 'cooling',
      reason: 'secret_missing',
      until: now + NO_SECRET_REST_MS,
      streak: 1,
    });
    if (isPromise(rested))
      return rested.then(() => this.ask(request, since, this.clock.now(), withoutSecret + 1));
    return this.ask(request, since, now, withoutSecret + 1);
  }

  private hand(answer: Lease | Refusal, request: LeaseRequest, since: number): MaybePromise<Lease> {
    if (answer.keyId !== undefined) return answer;
    if (isWorthWaiting(answer, request)) return this.wait(request, since, answer.readyAt);
    return this.refuse(request, answer);
  }

  /** The same for a state that answers later; what became free while it was asked must not be missed. */
  private async handLate(
    asked: Promise<Lease | Refusal>,
    request: LeaseRequest,
    since: number,
  ): Promise<Lease> {
    const { events } = this.room;
    const answer = await asked;
    if (answer.keyId !== undefined && request.signal?.aborted) {
      this.settle(answer, NEVER_SENT, undefined, true);
      throw clientGone();
    }
    const handed = this.hand(answer, request, since);
    if (this.room.events !== events) this.room.wake(request.upstreamId);
    return handed;
  }

  private wait(request: LeaseRequest, since: number, readyAt: number): MaybePromise<Lease> {
    if (request.signal?.aborted) throw clientGone();
    if (this.room.size >= MOST_WAITING || request.waitUntil <= since) {
      return this.refuse(request, { keyId: undefined, readyAt, early: false, why: 'busy' });
    }
    return new Promise<Lease>((resolve, reject) => {
      const { signal } = request;
      const gone = () => {
        if (this.room.leave(waiter)) reject(clientGone());
      };
      const release = () => signal?.removeEventListener('abort', gone);
      const waiter = { request, since, resolve, reject, release };
      signal?.addEventListener('abort', gone, { once: true });
      this.room.enter(waiter, readyAt);
    });
  }

  private refuse(request: LeaseRequest, refusal: Refusal): MaybePromise<Lease> {
    const error = this.refusal(request.upstreamId, refusal);
    if (!isPromise(error)) throw error;
    return error.then((late) => {
      throw late;
    });
  }

  private refusal(upstreamId: string, refusal: Refusal): MaybePromise<KeywheelError> {
    const now = this.clock.now();
    const counts = this.state.counts(upstreamId, now);
    if (isPromise(counts)) return counts.then((late) => noKeyFree(refusal, late, now));
    return noKeyFree(refusal, counts, now);
  }

  private notSettled(lease: Lease, error: unknown): void {
    this.log.error({ err: error, key: lease.keyId }, 'a key could not be given back');
  }
}

function clientGone(): KeywheelError {
  return new KeywheelError('client_gone', 'The client went away while its call waited for a key.');
}
