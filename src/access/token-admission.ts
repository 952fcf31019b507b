import type { Clock } from '../kernel/clock.js';
import type { KeywheelError } from '../kernel/errors.js';
import type { MaybePromise } from '../kernel/maybe-promise.js';
import type { Fullness } from '../redis/limits/bucket-ask.js';
import type { RedisLink } from '../redis/redis-link.js';
import type { AccessToken, TokenLimits } from './access-token.js';
import { hasLimits, SharedTokenLimits } from './shared-token-limits.js';
import {
  budgetSpent,
  HeldRoom,
  overLimit,
  SLOT_RETRY_MS,
  type TokenLimiter,
  type TokenReservation,
  type UsedByCall,
} from './token-limiter.js';

/** A state that comes and goes is asked no more often for one call. */
const MOST_ROUNDS = 10;

/**
 * Lets calls in by the limits of their token: in the same turn where this process counts alone, and where the
 * token has limits and there is Redis, by one script that counts for all instances.
 */
export class TokenAdmission {
  private readonly shared: SharedTokenLimits | undefined;

  /** @param link absent: this process is the only one */
  constructor(
    private readonly limiter: TokenLimiter,
    private readonly clock: Clock,
    private readonly link?: RedisLink,
  ) {
    if (!link) return;
    this.shared = new SharedTokenLimits(link, (tokenId) => limiter.knownUsage(tokenId));
    limiter.divideBy(link.portion);
  }

  /** See TokenLimiter.reserve. Throws, or rejects with, what that throws. */
  reserve(token: AccessToken, tokens: number): MaybePromise<TokenReservation> {
    return this.admit(token, tokens, 0);
  }

  /** See TokenLimiter.settle. */
  settle(reservation: TokenReservation, used: UsedByCall): void {
    if (!(reservation instanceof HeldRoom) || !reservation.open) return;
    this.limiter.settle(reservation, used);
    if (hasLimits(reservation.token.limits)) {
      this.shared?.settle(reservation, used.tokens, Math.max(0, used.cost ?? 0));
    }
  }

  private admit(token: AccessToken, tokens: number, round: number): MaybePromise<TokenReservation> {
    const held = this.limiter.reserve(token, tokens);
    const { shared, link } = this;
    if (!shared || !link || !hasLimits(token.limits)) return held;
    if (link.isShared) return this.confirm(held, round);
    if (link.mode === 'troubled') return this.waitForRedis(held, round);
    shared.takenAlone(held);
    return held;
  }

  private async confirm(held: HeldRoom, round: number): Promise<TokenReservation> {
    let refused: Fullness | undefined;
    try {
      refused = await this.shared!.reserve(held, this.clock.now());
    } catch {
      return this.waitForRedis(held, round);
    }
    if (!refused) return held;
    this.limiter.undo(held);
    throw refusal(held.token.limits, refused);
  }

  private async waitForRedis(held: HeldRoom, round: number): Promise<TokenReservation> {
    this.limiter.undo(held);
    await this.link!.decided();
    if (round >= MOST_ROUNDS) throw overLimit('can be counted now', SLOT_RETRY_MS);
    return this.admit(held.token, held.tokens, round + 1);
  }
}

function refusal(limits: TokenLimits, { full, short, isBusy, isSpent, why }: Fullness): KeywheelError {
  const { rpm, tpm, rpd, concurrency, budget } = limits;
  if (isSpent) return budgetSpent(budget ?? 0);
  const wait = Math.max(full, short);
  if (isBusy && wait < SLOT_RETRY_MS) return overLimit(`${concurrency} calls at once`, SLOT_RETRY_MS);
  const which = {
    rpm: `${rpm} calls a minute`,
    tpm: `${tpm} tokens a minute`,
    rpd: `${rpd} calls a day`,
    '': 'its limits',
  };
  return overLimit(which[why], wait);
}
