import { dayIn } from '../kernel/calendar.js';
import { PlacedList } from '../kernel/placed-list.js';
import type { BucketAsk, BucketChange, Fullness, Reserved } from '../redis/limits/bucket-ask.js';
import { type LimitHolder, LimitKeeper } from '../redis/limits/limit-keeper.js';
import type { SharedLimitsOptions } from '../redis/limits/shared-limits.js';
import type { RedisLink } from '../redis/redis-link.js';
import type { TokenLimits } from './access-token.js';
import type { HeldRoom } from './token-limiter.js';
import type { TokenUsage } from './token-usage.js';

/** The one bucket of a token's scope. */
const BUCKET = 'token';

/** Limits of access tokens over all instances on one Redis. */
export class SharedTokenLimits implements LimitHolder {
  private readonly keeper: LimitKeeper;
  /** Calls in, of tokens that limit them. */
  private readonly held = new PlacedList<HeldRoom>();
  /** Calls that Redis is being asked about; they are not in yet. */
  private readonly pending = new PlacedList<HeldRoom>();

  constructor(
    link: RedisLink,
    private readonly usageOf: (tokenId: string) => TokenUsage | undefined,
    options: Partial<SharedLimitsOptions> = {},
  ) {
    this.keeper = new LimitKeeper(link, 't', this, options);
  }

  /**
   * Takes the room that this instance has found in its own count. Undefined where it is granted, otherwise why
   * not. Rejects where Redis fails.
   */
  async reserve(call: HeldRoom, now: number): Promise<Fullness | undefined> {
    const { token, usage } = call;
    this.pending.add(call);
    let reserved: Reserved;
    try {
      reserved = await this.keeper.reserve(token.id, [askOf(call, now)], call.tokens, { now });
    } finally {
      this.pending.remove(call);
    }
    if (!reserved.granted) return reserved.buckets[0];
    call.sharedAt = reserved.at;
    this.hold(call);
    const [used] = reserved.used;
    if (token.limits.rpd !== undefined && used) usage.day.restore(usage.day.day(now), used.calls);
    if (used) usage.spent = Math.max(usage.spent, used.spent);
    return undefined;
  }

  /** Redis is out: the call was let in by this instance's part. */
  takenAlone(call: HeldRoom): void {
    const { rpm, tpm, rpd } = call.token.limits;
    this.tell(call, {
      name: BUCKET,
      ...(rpm !== undefined && { requests: 1 }),
      ...(tpm !== undefined && { tokens: call.tokens }),
      ...(rpd !== undefined && { calls: 1, day: dayIn('UTC', call.at).day }),
    });
    this.hold(call);
  }

  /** The call has ended; its token's usage knows already. */
  settle(call: HeldRoom, tokens: number | undefined, dollars: number): void {
    this.held.remove(call);
    const { limits } = call.token;
    const difference = limits.tpm === undefined || tokens === undefined ? 0 : tokens - call.tokens;
    const hasCost = limits.budget !== undefined && dollars > 0;
    if (difference === 0 && !hasCost && limits.concurrency === undefined) return;
    this.tell(call, {
      name: BUCKET,
      ...(difference !== 0 && { tokens: difference }),
      ...(hasCost && { dollars, leastDollars: call.usage.spent - dollars }),
      ...(limits.concurrency !== undefined && { inFlight: call.usage.inFlight }),
    });
  }

  forget(tokenId: string): void {
    this.keeper.forget(tokenId);
  }

  used(tokenId: string): readonly BucketChange[] {
    const usage = this.usageOf(tokenId);
    if (!usage) return [];
    const now = Date.now();
    const unsure = this.pending.all().filter(({ token }) => token.id === tokenId);
    return [
      {
        name: BUCKET,
        requests: Math.max(0, usage.requests.used(now) - unsure.length),
        tokens: Math.max(0, usage.tokens.used(now) - unsure.reduce((sum, { tokens }) => sum + tokens, 0)),
        day: usage.day.day(now),
        leastCalls: Math.max(0, usage.day.used(now) - unsure.length),
      },
    ];
  }

  *busy(): Iterable<readonly [string, readonly BucketChange[]]> {
    const usages = new Map(this.held.all().map(({ token, usage }) => [token.id, usage]));
    for (const [id, { inFlight }] of usages) yield [id, [{ name: BUCKET, inFlight }]];
  }

  back(): void {
    // Nobody waits for a token's limits.
  }

  private tell(call: HeldRoom, change: BucketChange): void {
    this.keeper.tell(call.token.id, [change], { now: Date.now(), at: call.sharedAt });
  }

  private hold(call: HeldRoom): void {
    if (call.token.limits.concurrency !== undefined) this.held.add(call);
  }
}

export function hasLimits({ rpm, tpm, rpd, concurrency, budget }: TokenLimits): boolean {
  return (rpm ?? tpm ?? rpd ?? concurrency ?? budget) !== undefined;
}

function askOf({ token, usage }: HeldRoom, now: number): BucketAsk {
  const { rpm, tpm, rpd, concurrency, budget } = token.limits;
  const { day, endsAt } = dayIn('UTC', now);
  return {
    name: BUCKET,
    rpm,
    tpm,
    rpd,
    concurrency,
    budget,
    inFlight: usage.inFlight,
    spent: usage.spent,
    ...(rpd !== undefined && { day, dayMs: endsAt - now }),
  };
}
