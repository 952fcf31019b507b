import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scripted } from '../fakes/scripted-upstream/behaviour.ts';
import { ask } from './support/ask.ts';
import { atOnce } from './support/at-once.ts';
import { failingPool, failingPoolInUse, failures } from './support/failing-pool.ts';
import { openHouse, type House, type Speech } from './support/house.ts';

/** `pace` is how many calls run at once: 20 share four places in the retry budget, the others wait for room. */
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
  pace: 20,
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

/** Each of these has a house of its own: at its end all that was written is searched for all secrets. */
function inOneHouse(): void {
  beforeAll(async () => {
    house = await openHouse();
  });

  afterAll(() => house.close());
}

describe.each(['openai', 'gemini', 'anthropic', 'http'] as const)('keys of %s', (provider) => {
  inOneHouse();

  describe.each(CASES.filter(({ speech }) => speech === provider))(
    '$what',
    ({ speech, behaviour, pace, streamed, leaves }) => {
      it.each(POOLS)('%i of %i keys fail, no client notices', async (bad, of) => {
        const pool = await failingPool(house, speech, behaviour, [bad, of]);
        const calls = Math.min(3 * of, 120);
        expect(await failures(house, pool.slug, speech, { calls, pace, streamed })).toEqual([]);
        const perBadKey = pool.bad.map(
          (key) => house.upstream.callsWith(key).filter(({ method }) => method === 'POST').length,
        );
        if (leaves) expect(Math.max(...perBadKey)).toBeLessThanOrEqual(pace);
      });
    },
  );
});

describe('keys in use', () => {
  inOneHouse();

  describe.each(CASES.filter(({ leaves }) => leaves === undefined))(
    '$speech: $what',
    ({ speech, behaviour, pace, streamed }) => {
      it.each([
        [1, 2],
        [9, 10],
        [99, 100],
      ] as const)('%i of %i keys begin to fail, no client notices', async (...pool) => {
        const { slug } = await failingPoolInUse(house, speech, behaviour, pool);
        expect(await failures(house, slug, speech, { calls: 60, pace, streamed })).toEqual([]);
      });
    },
  );
});

describe('an error behind events that carry nothing yet', () => {
  inOneHouse();

  it.each([
    ['openai', 1],
    ['anthropic', 3],
  ] as const)('of %s is met with another key', async (speech, after) => {
    const { slug } = await failingPool(house, speech, { kind: 'error_in_stream', after }, [9, 10]);
    const bodies = await atOnce(20, 4, async () => (await ask(house, slug, speech, { streamed: true })).body);
    expect(bodies.filter((body) => body.includes('"error"'))).toEqual([]);
  });
});

describe('fair shares', () => {
  inOneHouse();

  it('spreads calls evenly over good keys', async () => {
    const pool = await failingPool(house, 'openai', 'good', [0, 10]);
    expect(await failures(house, pool.slug, 'openai', { calls: 100, pace: 4 })).toEqual([]);
    const shares = pool.good.map((key) => house.upstream.callsWith(key).length);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(9);
    expect(Math.max(...shares)).toBeLessThanOrEqual(11);
  });
});
