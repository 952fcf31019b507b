import { dayIn } from '../../../kernel/calendar.js';
import type { BucketAsk, BucketChange } from '../../../redis/limits/bucket-ask.js';
import type { HeldKey } from '../held-key.js';
import type { Quota } from '../key-record.js';
import { DividedLimit, type PlannedLimit } from '../limit-plan.js';
import type { MemoryPool } from '../memory-pool.js';
import type { Settlement } from '../pool-state.js';
import type { Rests } from '../rests.js';

/*
 * What the pool's buckets are called in Redis: `k:<key id>` or `g:<group>`, a line feed, the pattern of models. A
 * sign adds the declared numbers, so that nobody takes a full bucket for full whose limits have changed.
 */

const NUMBERS = new WeakMap<PlannedLimit, string>();

export function ownerOf(quota: Quota, keyId: string): string {
  return quota.group === undefined ? `k:${keyId}` : `g:${quota.group}`;
}

/** The limit as it is declared for all instances together. */
function wholeOf(limit: PlannedLimit): PlannedLimit {
  return limit instanceof DividedLimit ? limit.whole : limit;
}

function numbersOf(limit: PlannedLimit): string {
  let text = NUMBERS.get(limit);
  if (text === undefined) {
    const { rpm = 0, tpm = 0, rpd = 0 } = limit;
    NUMBERS.set(limit, (text = `${rpm},${tpm},${rpd}`));
  }
  return text;
}

/** The room that a key just lent by this process needs in the count over all instances. */
export function asksOf(held: HeldKey, pool: MemoryPool, now: number): BucketAsk[] {
  const owner = ownerOf(held.quota, held.keyId);
  return held.limits.map((limit) => {
    const whole = wholeOf(limit);
    const { rpm, tpm, rpd, concurrency, pattern } = whole;
    const name = `${owner}\n${pattern}`;
    const inFlight = held.quota.bucket(pattern)?.inFlight ?? 1;
    const sign = `${name}\n${numbersOf(whole)}`;
    if (rpd === undefined) return { name, rpm, tpm, concurrency, inFlight, sign };
    const { day, endsAt } = dayIn(pool.rules.dayZone, now);
    return { name, rpm, tpm, rpd, concurrency, inFlight, sign, day, dayMs: endsAt - now };
  });
}

/** What the end of the call changes in that count; empty where that is nothing. To be asked after it was given back. */
export function changesOf(held: HeldKey, pool: MemoryPool, { tokens, unsent }: Settlement): BucketChange[] {
  const owner = ownerOf(held.quota, held.keyId);
  const difference = unsent ? -held.tokens : tokens === undefined ? 0 : tokens - held.tokens;
  const changes: BucketChange[] = [];
  for (const limit of held.limits) {
    const { rpm, tpm, rpd, concurrency, pattern } = wholeOf(limit);
    const change: BucketChange = {
      name: `${owner}\n${pattern}`,
      ...(tpm !== undefined && difference !== 0 && { tokens: difference }),
      ...(concurrency !== undefined && { inFlight: held.quota.bucket(pattern)?.inFlight ?? 0 }),
      ...(unsent && rpm !== undefined && { requests: -1 }),
      ...(unsent && rpd !== undefined && { calls: -1, day: dayIn(pool.rules.dayZone, held.at).day }),
    };
    if (Object.keys(change).length > 1) changes.push(change);
  }
  return changes;
}

/** What this call takes, for a count that could not be asked. */
export function takenBy(held: HeldKey, pool: MemoryPool): BucketChange[] {
  const owner = ownerOf(held.quota, held.keyId);
  return held.limits.map((limit) => {
    const { rpm, tpm, rpd, pattern } = wholeOf(limit);
    return {
      name: `${owner}\n${pattern}`,
      ...(tpm !== undefined && { tokens: held.tokens }),
      ...(rpm !== undefined && { requests: 1 }),
      ...(rpd !== undefined && { calls: 1, day: dayIn(pool.rules.dayZone, held.at).day }),
    };
  });
}

/** All that this process has used of the pool's limits within their windows, but for picks not yet confirmed. */
export function usedOf(pool: MemoryPool, pending: readonly HeldKey[]): BucketChange[] {
  const unsure = unsureOf(pool, pending);
  const quotas = new Map<Quota, string>();
  for (const key of pool.roster.keys.values()) quotas.set(key.quota, key.id);
  const used: BucketChange[] = [];
  for (const [quota, keyId] of quotas) {
    for (const [pattern, bucket] of quota.allBuckets()) {
      const name = `${ownerOf(quota, keyId)}\n${pattern}`;
      const { requests, tokens } = bucket.used(pool.lastSeen);
      const day = bucket.dayCount(pool.lastSeen);
      if (requests === 0 && tokens === 0 && !day && bucket.inFlight === 0) continue;
      const { requests: open, tokens: openTokens } = unsure.get(name) ?? NOTHING;
      used.push({
        name,
        requests: requests - open,
        tokens: tokens - openTokens,
        inFlight: bucket.inFlight,
        ...(day && { day: day.day, leastCalls: day.count }),
      });
    }
  }
  return used;
}

const NOTHING = { requests: 0, tokens: 0 };

/** What picks of this pool take that are not yet confirmed, by bucket. */
function unsureOf(pool: MemoryPool, pending: readonly HeldKey[]): Map<string, typeof NOTHING> {
  const unsure = new Map<string, typeof NOTHING>();
  for (const held of pending) {
    if (held.lender !== pool) continue;
    for (const { name, requests = 0, tokens = 0 } of takenBy(held, pool)) {
      const sum = unsure.get(name) ?? NOTHING;
      unsure.set(name, { requests: sum.requests + requests, tokens: sum.tokens + tokens });
    }
  }
  return unsure;
}

/** Who is gone when these keys are dropped: they, and groups of which none is left. Each with its quota. */
export function leaving(pool: MemoryPool, keyIds: readonly string[]): Map<string, Quota> {
  const found = new Map<string, Quota>();
  const ofGroups = new Map<Quota, number>();
  for (const id of keyIds) {
    const quota = pool.roster.keys.get(id)?.quota;
    if (!quota) continue;
    found.set(`k:${id}`, quota);
    const gone = (ofGroups.get(quota) ?? 0) + 1;
    ofGroups.set(quota, gone);
    if (quota.group !== undefined && gone >= quota.keys) found.set(`g:${quota.group}`, quota);
  }
  return found;
}

/** Names of all buckets of one that is leaving. */
export function namesOf(owner: string, quota: Quota): string[] {
  if (owner.startsWith('k:') !== (quota.group === undefined)) return [];
  return [...quota.allBuckets()].map(([pattern]) => `${owner}\n${pattern}`);
}

/** What half-open rests are called, of which this call tries out some. */
export function probesOf(held: HeldKey): string[] {
  return held.probes?.map(({ rests, model }) => probeName(rests, held, model)) ?? [];
}

function probeName(rests: Rests, held: HeldKey, model: string | undefined): string {
  const owner = rests === held.key.rests ? `k:${held.keyId}` : ownerOf(held.quota, held.keyId);
  return `${owner}\n${model ?? ''}`;
}

/** Whose bucket a name or sign means; undefined where this process does not know the owner. */
export function quotaOf(pool: MemoryPool, name: string): { quota: Quota; pattern: string } | undefined {
  const [owner = '', pattern = ''] = name.split('\n');
  const id = owner.slice(2);
  const quota = owner.startsWith('g:') ? pool.roster.groupOf(id) : pool.roster.keys.get(id)?.quota;
  return quota && { quota, pattern };
}

/** Whether a limit of this bucket has the numbers of the sign. */
export function isSignOf(sign: string, quota: Quota): boolean {
  const [, pattern, numbers] = sign.split('\n');
  return quota.cohorts.some(({ plan }) =>
    plan.limits.some((limit) => limit.pattern === pattern && numbersOf(wholeOf(limit)) === numbers),
  );
}
