import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask } from './support/ask.ts';
import { openHouse, type House } from './support/house.ts';

/** Longer than the provider's window of a minute, so that its turn is seen. */
const RUN_MS = 66_000;

let house: House;

beforeAll(async () => {
  house = await openHouse({ env: { KEYWHEEL_MAX_WAIT_MS: '1000' } });
});

afterAll(() => house.close());

interface Trial {
  readonly slug: string;
  readonly declared: { rpm?: number; tpm?: number; concurrency?: number };
  readonly streamed?: boolean;
  /** Milliseconds between two calls of one lane. */
  readonly pauseMs: number;
  readonly lanes: number;
}

/** Clients that ask for more than there is, until the time is up; the statuses they got. */
async function press({ slug, pauseMs, lanes, streamed }: Trial): Promise<number[]> {
  const end = Date.now() + RUN_MS;
  const got: number[] = [];
  const lane = async () => {
    while (Date.now() < end) {
      const { status } = await ask(house, slug, 'openai', {
        text: 'x'.repeat(400),
        maxTokens: 160,
        streamed,
      });
      got.push(status);
      await new Promise((resolve) => setTimeout(resolve, status === 200 ? pauseMs : 200));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return got;
}

const TRIALS: readonly Trial[] = [
  { slug: 'by-requests', declared: { rpm: 60 }, pauseMs: 100, lanes: 2 },
  { slug: 'by-tokens', declared: { tpm: 12_000 }, pauseMs: 100, lanes: 2 },
  { slug: 'by-concurrency', declared: { concurrency: 2 }, pauseMs: 0, lanes: 6, streamed: true },
];

it(
  'fills declared limits to 95 % and never asks for more than the provider allows',
  { timeout: 150_000 },
  async () => {
    const keys = new Map<string, string[]>();
    for (const { slug, declared } of TRIALS) {
      const made = await house.pool(
        slug,
        'openai',
        [{ then: { kind: 'slow', delayMs: 10 } }, { then: { kind: 'slow', delayMs: 10 } }],
        { limits: declared },
      );
      for (const key of made) house.upstream.limits.set(key, declared);
      keys.set(slug, made);
    }
    const got = await Promise.all(TRIALS.map(press));
    expect(house.upstream.violations).toEqual([]);
    for (const [index, { slug, declared }] of TRIALS.entries()) {
      expect(new Set(got[index]), slug).toEqual(declared.concurrency ? new Set([200]) : new Set([200, 429]));
      for (const key of keys.get(slug) ?? []) {
        const peak = house.upstream.limits.peak(key);
        if (declared.rpm) expect(peak.requests, slug).toBeGreaterThanOrEqual(declared.rpm * 0.95);
        if (declared.tpm) expect(peak.tokens, slug).toBeGreaterThanOrEqual(declared.tpm * 0.95);
        if (declared.concurrency) expect(peak.inFlight, slug).toBe(declared.concurrency);
      }
    }
  },
);
