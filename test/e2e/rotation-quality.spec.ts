import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scripted } from '../fakes/scripted-upstream/behaviour.ts';
import { ask } from './support/ask.ts';
import { atOnce } from './support/at-once.ts';
import { openHouse, type House, type Speech } from './support/house.ts';

/** `pace` is how many calls run at once: retries that the upstream is blamed for have a budget of three. */
interface Case {
  readonly what: string;
  readonly speech: Speech;
  readonly behaviour: Scripted;
  readonly pace: number;
  readonly streamed?: boolean;
  /** Whether a failing key is out of the pool once it has failed. */
  readonly leaves?: boolean;
}

const keyCase = (speech: Speech, what: string, behaviour: Scripted): Case => ({
  speech,
  what,
  behaviour,
  pace: 6,
  leaves: true,
});
const upstreamCase = (speech: Speech, what: string, behaviour: Scripted, streamed = false): Case => ({
  speech,
  what,
  behaviour,
  pace: 3,
  streamed,
});

const LONG = 600;

const CASES: readonly Case[] = [
  keyCase('openai', '401', 'unauthorized'),
  keyCase('openai', '403', 'forbidden'),
  keyCase('openai', '429 with hints', { kind: 'rate_limited', retryAfter: LONG }),
  { ...keyCase('openai', '429 without a hint', 'rate_limited'), leaves: false },
  keyCase('openai', '429 insufficient_quota', 'exhausted'),
  upstreamCase('openai', '500', 'server_error'),
  upstreamCase('openai', '503', { kind: 'server_error', status: 503 }),
  upstreamCase('openai', 'reset', 'reset'),
  upstreamCase('openai', 'error event in a 200', 'error_in_stream', true),
  keyCase('gemini', '400 API_KEY_INVALID', 'invalid_key'),
  keyCase('gemini', '403 CONSUMER_SUSPENDED', 'suspended'),
  keyCase('gemini', '429 per minute', { kind: 'rate_limited', retryAfter: LONG }),
  keyCase('gemini', '429 per day', 'exhausted'),
  upstreamCase('gemini', '503', { kind: 'server_error', status: 503 }),
  keyCase('anthropic', '401', 'unauthorized'),
  keyCase('anthropic', '403', 'forbidden'),
  keyCase('anthropic', '429 with retry-after', { kind: 'rate_limited', retryAfter: LONG }),
  keyCase('anthropic', '429 enforced spend limit', 'exhausted'),
  upstreamCase('anthropic', '529', { kind: 'server_error', status: 529 }),
  upstreamCase('anthropic', 'overloaded event in a 200', 'error_in_stream', true),
  keyCase('http', '401', 'unauthorized'),
  keyCase('http', '429', { kind: 'rate_limited', retryAfter: LONG }),
];

const POOLS: readonly (readonly [bad: number, of: number])[] = [
  [1, 2],
  [1, 10],
  [5, 10],
  [9, 10],
  [1, 100],
  [50, 100],
  [99, 100],
];

let house: House;
let pools = 0;

beforeAll(async () => {
  house = await openHouse();
});

afterAll(() => house.close());

/** A pool whose first `bad` of `of` keys do something else than answer. */
async function poolOf(
  speech: Speech,
  behaviour: Scripted,
  bad: number,
  of: number,
  spec: Record<string, unknown> = {},
) {
  const slug = `pool-${(pools += 1)}`;
  const keys = await house.pool(
    slug,
    speech,
    Array.from({ length: of }, (_, index): Scripted => (index < bad ? behaviour : 'good')),
    spec,
  );
  house.upstream.forget();
  return { slug, bad: keys.slice(0, bad), good: keys.slice(bad) };
}

/** Statuses of `calls` calls, `pace` of them at once. */
function statuses(
  slug: string,
  speech: Speech,
  calls: number,
  pace: number,
  streamed = false,
): Promise<number[]> {
  return atOnce(calls, pace, async () => (await ask(house, slug, speech, { streamed })).status);
}

describe.each(CASES)('$speech: $what', ({ speech, behaviour, pace, streamed, leaves }) => {
  it.each(POOLS)('%i of %i keys fail, no client notices', async (bad, of) => {
    const pool = await poolOf(speech, behaviour, bad, of);
    const got = await statuses(pool.slug, speech, Math.min(3 * of, 120), pace, streamed);
    expect(got.filter((status) => status !== 200)).toEqual([]);
    const perBadKey = pool.bad.map(
      (key) => house.upstream.callsWith(key).filter(({ method }) => method === 'POST').length,
    );
    if (leaves) expect(Math.max(...perBadKey)).toBeLessThanOrEqual(pace);
  });
});

describe('silence', () => {
  it.each([
    [1, 2],
    [3, 10],
    [3, 100],
  ] as const)('%i of %i keys never answer, no client notices', async (bad, of) => {
    const timeouts = { firstByteTimeoutMs: 300 };
    const pool = await poolOf('openai', 'silence', bad, of, { timeouts });
    expect((await statuses(pool.slug, 'openai', 24, 3)).filter((status) => status !== 200)).toEqual([]);
  });
});

describe('fair shares', () => {
  it('spreads calls evenly over good keys', async () => {
    const pool = await poolOf('openai', 'good', 0, 10);
    await statuses(pool.slug, 'openai', 100, 4);
    const shares = pool.good.map((key) => house.upstream.callsWith(key).length);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(9);
    expect(Math.max(...shares)).toBeLessThanOrEqual(11);
  });
});
