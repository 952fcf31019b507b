import { Injectable } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { KeywheelError } from '../kernel/errors.js';
import type { AccessToken } from './access-token.js';
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
const SLOT_RETRY_MS = 1_000;

class Held implements TokenReservation {
  open = true;

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

  constructor(private readonly clock: Clock) {}

  /**
   * Takes room for one call, all of it or none.
   * @param tokens estimate of the LLM tokens it will take, 0 where that means nothing. A call that needs more than
   *   `tpm` passes when nothing else was used in the minute.
   * @throws KeywheelError token_limit, with the time until a repeat may pass; without one for a budget that is spent
   */
  reserve(token: AccessToken, tokens: number): TokenReservation {
    const usage = this.usageOf(token.id);
    const now = this.clock.now();
    const { rpm, tpm, rpd } = token.limits;
    this.#assertRoom(token, usage, tokens, now);
    if (rpm !== undefined) usage.requests.add(1, now);
    if (tpm !== undefined) usage.tokens.add(tokens, now);
    if (rpd !== undefined) usage.countDay(now);
    usage.inFlight++;
    usage.touch(now);
    return new Held(token, tokens, usage, now);
  }

  /** Gives the room back and notes what the call really took. A second time it does nothing. */
  settle(reservation: TokenReservation, used: UsedByCall): void {
    if (!(reservation instanceof Held) || !reservation.open) return;
    reservation.open = false;
    const { usage, token } = reservation;
    usage.inFlight--;
    if (used.cost !== undefined && used.cost > 0) usage.addCost(used.cost);
    if (token.limits.tpm !== undefined && used.tokens !== undefined) {
      this.#correct(reservation, used.tokens);
    }
  }

  /** What the store held at boot, or of a token that another instance made. Once for each token. */
  restore(tokenId: string, stored: StoredUsage): void {
    if (this.#usages.has(tokenId)) return;
    this.usageOf(tokenId).restore(stored);
  }

  forget(tokenId: string): void {
    this.#usages.delete(tokenId);
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

  #correct({ usage, tokens, at }: Held, used: number): void {
    const now = this.clock.now();
    if (used > tokens) usage.tokens.add(used - tokens, now);
    else if (used < tokens) usage.tokens.takeBack(tokens - used, at, now);
  }

  #assertRoom(token: AccessToken, usage: TokenUsage, tokens: number, now: number): void {
    const { rpm, tpm, rpd, concurrency, budget } = token.limits;
    if (budget !== undefined && usage.spent >= budget) {
      throw new KeywheelError(
        'token_limit',
        `The budget of this access token (${budget} US dollars) is spent.`,
      );
    }
    let freeAt = now;
    let which = '';
    const wait = (limit: string, until: number) => {
      if (until <= freeAt) return;
      freeAt = until;
      which = limit;
    };
    if (concurrency !== undefined && usage.inFlight >= concurrency) {
      wait(`${concurrency} calls at once`, now + SLOT_RETRY_MS);
    }
    if (rpm !== undefined) wait(`${rpm} calls a minute`, usage.requests.readyAt(rpm, 1, now));
    if (tpm !== undefined) wait(`${tpm} tokens a minute`, usage.tokens.readyAt(tpm, tokens, now));
    if (rpd !== undefined && usage.day.used(now) >= rpd) wait(`${rpd} calls a day`, usage.day.resetsAt(now));
    if (freeAt === now) return;
    throw new KeywheelError('token_limit', `This access token may make no more than ${which}.`, {
      retryAfterMs: freeAt - now,
    });
  }
}
