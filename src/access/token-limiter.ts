import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { KeywheelError } from '../kernel/errors.js';
import type { Placed } from '../kernel/placed-list.js';
import type { Portion } from '../kernel/portion.js';
import type { AccessToken, TokenLimits } from './access-token.js';
import { type StoredUsage, TokenUsage, type UsageDelta } from './token-usage.js';

/** Room that a call holds under the limits of its token, from `reserve` until `settle`. */
export interface TokenReservation {
  readonly token: AccessToken;
  /** LLM tokens held; corrected by `settle`. */
  readonly tokens: number;
}

export interface UsedByCall {
  /** LLM tokens in and out; absent where nobody told: then the reserved ones stand. */
  readonly tokens?: number;
  /** US dollars. */
  readonly cost?: number;
}

/** When a slot of a token's `concurrency` comes free is not known; this is when asking again is worth it. */
export const SLOT_RETRY_MS = 1_000;

/** Room held, and in whose count. */
export class HeldRoom implements TokenReservation, Placed {
  /** Among those that Redis counts or is asked to, for SharedTokenLimits alone. */
  place = -1;
  open = true;
  /** When the count over all instances took it over, in that count's time; 0: it did not. */
  sharedAt = 0;

  constructor(
    readonly token: AccessToken,
    readonly tokens: number,
    readonly usage: TokenUsage,
    readonly at: number,
  ) {}
}

/** Holds access tokens to their limits: rpm and tpm in any 60 seconds, rpd by UTC day, concurrency, budget. */
@Injectable()
export class TokenLimiter {
  readonly #usages = new Map<string, TokenUsage>();
  #portion: Portion | undefined;

  constructor(private readonly clock: Clock) {}

  /** From now on this instance uses only its portion of each limit. */
  divideBy(portion: Portion): void {
    this.#portion = portion;
  }

  /**
   * Takes room for one call, all of it or none.
   * @param tokens estimate of the LLM tokens it will take, 0 where that means nothing. A call that needs more than
   *   `tpm` passes when nothing else was used in the minute.
   * @throws KeywheelError token_limit, with the time until a repeat may pass; without one for a budget that is spent
   */
  reserve(token: AccessToken, tokens: number): HeldRoom {
    const usage = this.usageOf(token.id);
    const now = this.clock.now();
    const { rpm, tpm, rpd } = token.limits;
    this.#assertRoom(token, usage, tokens, now);
    if (rpm !== undefined) usage.requests.add(1, now);
    if (tpm !== undefined) usage.tokens.add(tokens, now);
    if (rpd !== undefined) usage.countDay(now);
    usage.inFlight++;
    usage.touch(now);
    return new HeldRoom(token, tokens, usage, now);
  }

  /** Gives the room back and notes what the call really took. A second time it does nothing. */
  settle(reservation: TokenReservation, used: UsedByCall): void {
    if (!(reservation instanceof HeldRoom) || !reservation.open) return;
    reservation.open = false;
    const { usage, token } = reservation;
    usage.inFlight--;
    if (used.cost !== undefined && used.cost > 0) usage.addCost(used.cost);
    if (token.limits.tpm !== undefined && used.tokens !== undefined) {
      this.#correct(reservation, used.tokens);
    }
  }

  /** Gives all of it back: the call is not made. */
  undo({ usage, token, tokens, at }: HeldRoom): void {
    const now = this.clock.now();
    const { rpm, tpm, rpd } = token.limits;
    usage.inFlight--;
    if (rpm !== undefined) usage.requests.takeBack(1, at, now);
    if (tpm !== undefined) usage.tokens.takeBack(tokens, at, now);
    if (rpd !== undefined) usage.uncountDay(now);
  }

  /** What the store held at boot, or of a token that another instance made. Once for each token. */
  restore(tokenId: string, stored: StoredUsage): void {
    if (this.#usages.has(tokenId)) return;
    this.usageOf(tokenId).restore(stored);
  }

  forget(tokenId: string): void {
    this.#usages.delete(tokenId);
  }

  /** Undefined where this token has never called here. */
  knownUsage(tokenId: string): TokenUsage | undefined {
    return this.#usages.get(tokenId);
  }

  usageOf(tokenId: string): TokenUsage {
    let usage = this.#usages.get(tokenId);
    if (!usage) this.#usages.set(tokenId, (usage = new TokenUsage(tokenId)));
    return usage;
  }

  takeDeltas(): UsageDelta[] {
    const now = this.clock.now();
    const deltas: UsageDelta[] = [];
    for (const usage of this.#usages.values()) {
      const delta = usage.takeDelta(now);
      if (delta) deltas.push(delta);
    }
    return deltas;
  }

  putBack(deltas: readonly UsageDelta[]): void {
    for (const delta of deltas) this.#usages.get(delta.tokenId)?.putBack(delta);
  }

  #correct({ usage, tokens, at }: HeldRoom, used: number): void {
    const now = this.clock.now();
    if (used > tokens) usage.tokens.add(used - tokens, now);
    else if (used < tokens) usage.tokens.takeBack(tokens - used, at, now);
  }

  #assertRoom(token: AccessToken, usage: TokenUsage, tokens: number, now: number): void {
    const { rpm, tpm, rpd, concurrency, budget } = this.#partOf(token.limits);
    if (budget !== undefined && usage.spent >= budget) throw budgetSpent(budget);
    let freeAt = now;
    let which = '';
    const wait = (limit: string, until: number) => {
      if (until <= freeAt) return;
      freeAt = until;
      which = limit;
    };
    if (rpm === 0 || tpm === 0 || rpd === 0) wait('other instances use now', now + SLOT_RETRY_MS);
    if (concurrency !== undefined && usage.inFlight >= concurrency) {
      wait(`${concurrency} calls at once`, now + SLOT_RETRY_MS);
    }
    if (rpm !== undefined) wait(`${rpm} calls a minute`, usage.requests.readyAt(rpm, 1, now));
    if (tpm !== undefined) wait(`${tpm} tokens a minute`, usage.tokens.readyAt(tpm, tokens, now));
    if (rpd !== undefined && usage.day.used(now) >= rpd) wait(`${rpd} calls a day`, usage.day.resetsAt(now));
    if (freeAt === now) return;
    throw overLimit(which, freeAt - now);
  }

  /** A budget is not divided. */
  #partOf(limits: TokenLimits): TokenLimits {
    const portion = this.#portion;
    if (!portion?.isDivided) return limits;
    const part = (limit: number | undefined) => (limit === undefined ? undefined : portion.of(limit));
    const { rpm, tpm, rpd, concurrency, budget } = limits;
    return { rpm: part(rpm), tpm: part(tpm), rpd: part(rpd), concurrency: part(concurrency), budget };
  }
}

export function budgetSpent(budget: number): KeywheelError {
  return new KeywheelError('token_limit', `The budget of this access token (${budget} US dollars) is spent.`);
}

/** @param which e.g. `20 calls a minute` */
export function overLimit(which: string, retryAfterMs: number): KeywheelError {
  return new KeywheelError('token_limit', `This access token may make no more than ${which}.`, {
    retryAfterMs,
  });
}
