import type { Violation } from './call-log.ts';

export interface EnforcedLimits {
  readonly rpm?: number;
  readonly tpm?: number;
  readonly rpd?: number;
  readonly concurrency?: number;
  /** Any 60 s (default), or 60 s from the first request of a window. */
  readonly window?: 'sliding' | 'fixed';
}

interface Usage {
  limits: EnforcedLimits;
  seen: { at: number; tokens: number }[];
  windowStart: number;
  today: number;
  inFlight: number;
  /** The most that was ever in the window or in flight, for tests that want it full. */
  peak: { requests: number; tokens: number; inFlight: number };
}

const MINUTE = 60_000;

export type Admission =
  { readonly violation?: undefined } | { readonly violation: Violation; readonly retryAfterMs: number };

/** Enforces limits per group as a provider does: a refused request does not count. */
export class LimitKeeper {
  private readonly groups = new Map<string, Usage>();

  set(group: string, limits: EnforcedLimits): void {
    const peak = { requests: 0, tokens: 0, inFlight: 0 };
    this.groups.set(group, { limits, seen: [], windowStart: 0, today: 0, inFlight: 0, peak });
  }

  peak(group: string): Usage['peak'] {
    return this.groups.get(group)?.peak ?? { requests: 0, tokens: 0, inFlight: 0 };
  }

  clear(): void {
    this.groups.clear();
  }

  admit(key: string, group: string, tokens: number, now: number): Admission {
    const usage = this.groups.get(group);
    if (!usage) return {};
    this.turnWindow(usage, now);
    const used = usage.seen.reduce((sum, entry) => sum + entry.tokens, 0);
    const { rpm, tpm, rpd, concurrency } = usage.limits;
    const over = firstOver([
      ['concurrency', usage.inFlight, 1, concurrency],
      ['rpm', usage.seen.length, 1, rpm],
      ['tpm', used, tokens, tpm],
      ['rpd', usage.today, 1, rpd],
    ]);
    if (over) {
      const freeAt = (usage.seen[0]?.at ?? now) + MINUTE;
      return { violation: { at: now, key, group, ...over }, retryAfterMs: Math.max(1000, freeAt - now) };
    }
    usage.seen.push({ at: now, tokens });
    usage.today += 1;
    usage.inFlight += 1;
    usage.peak.requests = Math.max(usage.peak.requests, usage.seen.length);
    usage.peak.tokens = Math.max(usage.peak.tokens, used + tokens);
    usage.peak.inFlight = Math.max(usage.peak.inFlight, usage.inFlight);
    return {};
  }

  leave(group: string): void {
    const usage = this.groups.get(group);
    if (usage && usage.inFlight > 0) usage.inFlight -= 1;
  }

  private turnWindow(usage: Usage, now: number): void {
    if (usage.limits.window === 'fixed') {
      if (now - usage.windowStart >= MINUTE) {
        usage.windowStart = now;
        usage.seen = [];
      }
      return;
    }
    while (usage.seen[0] && now - usage.seen[0].at >= MINUTE) usage.seen.shift();
  }
}

type Check = readonly [limit: Violation['limit'], used: number, need: number, allowed: number | undefined];

function firstOver(checks: readonly Check[]): Pick<Violation, 'limit' | 'used' | 'allowed'> | undefined {
  for (const [limit, used, need, allowed] of checks) {
    if (allowed !== undefined && used + need > allowed) return { limit, used, allowed };
  }
  return undefined;
}
