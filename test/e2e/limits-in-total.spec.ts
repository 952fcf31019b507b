import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EnforcedLimits } from '../fakes/scripted-upstream/limit-keeper.ts';
import { canStartRedis } from '../support/redis-process.ts';
import { type Balancer, startBalancer } from './support/balancer.ts';
import { Fleet, type FleetPool } from './support/fleet.ts';
import { DATABASE } from './support/home.ts';
import { suffer } from './support/mishaps.ts';

/** `MANY_CALLS=100000` goes on until the upstream has served so many; otherwise a short while is enough. */
const CALLS = Number(process.env.MANY_CALLS ?? 0);
const SHORT_MS = 12_000;
const LONGEST_MS = 30 * 60_000;
/** A long run gets limits that it fills about four times. */
const SCALE = Math.max(1, Math.round(CALLS / 2_500));
/** What a cut has taken from a limit is lost to it for a minute, and a short run has many cuts and few calls. */
const FILLED = CALLS > 0 ? 0.8 : 0.3;
const LANES = 6;
/** What a call of this size is at most; the upstream counts less. */
const CONTENT = 'x'.repeat(100);
const MAX_TOKENS = 60;

interface Trial extends Omit<FleetPool, 'slug'> {
  readonly limits?: readonly EnforcedLimits[];
  /** Of the access token that calls it. */
  readonly ofToken?: EnforcedLimits;
}

const SLOW = { kind: 'slow', delayMs: 20 } as const;

const TRIALS: Readonly<Record<string, Trial>> = {
  requests: { keys: 6, limits: [{ rpm: 20 * SCALE }] },
  tokens: { keys: 4, limits: [{ tpm: 1_500 * SCALE }] },
  slots: { keys: 2, limits: [{ concurrency: 2 }], then: SLOW },
  all: { keys: 2, limits: [{ rpm: 60 * SCALE, tpm: 5_000 * SCALE, concurrency: 2 }], then: SLOW },
  'of-token': { keys: 2, ofToken: { rpm: 100 * SCALE, concurrency: 3 }, then: SLOW, group: 'of-token' },
};

describe.skipIf(!canStartRedis())('limits in total', () => {
  let fleet: Fleet;
  let balancer: Balancer;

  beforeAll(async () => {
    fleet = await Fleet.open();
    balancer = await startBalancer(fleet.ports);
  });

  afterAll(async () => {
    await balancer.close();
    await fleet.close();
  });

  /** Opens the trial's pool, which the upstream watches; answers the names under which it counts. */
  const open = async (slug: string, { limits = [], ofToken, ...pool }: Trial) => {
    const keys = await fleet.pool({ slug, limits, ...pool });
    const groups = pool.group === undefined ? keys : [pool.group];
    for (const group of groups) fleet.upstream.limits.set(group, ofToken ?? limits[0] ?? {});
    const { secret } = await fleet.admin().createToken(ofToken && { limits: ofToken });
    await fleet.knowToken(secret);
    return { slug, groups, declared: ofToken ?? limits[0] ?? {}, token: secret };
  };

  const call = async (slug: string, token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const messages = [{ role: 'user', content: CONTENT }];
    const body = JSON.stringify({ model: 'gpt-4o-mini', max_tokens: MAX_TOKENS, messages });
    const { status } = await balancer
      .post(`/llm/${slug}/chat/completions`, headers, body)
      .catch(() => ({ status: 0 }));
    return status;
  };

  it(
    'limits are never exceeded in total, while instances are killed and connections to redis cut',
    { timeout: CALLS ? LONGEST_MS + 60_000 : 180_000 },
    async () => {
      const opened = await Promise.all(Object.entries(TRIALS).map(([slug, trial]) => open(slug, trial)));
      const began = Date.now();
      const seen = new Map<number, number>();
      let served = 0;
      const isOver = () =>
        CALLS > 0 ? served >= CALLS || Date.now() - began > LONGEST_MS : Date.now() - began > SHORT_MS;
      const lane = async (slug: string, token: string) => {
        while (!isOver()) {
          const status = await call(slug, token);
          seen.set(status, (seen.get(status) ?? 0) + 1);
          if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 25));
        }
      };
      // What the upstream has served, told by itself; its list would grow too long.
      const count = () => {
        const { calls } = fleet.upstream;
        const ended = calls.filter(({ finishedAt, abortedAt }) => finishedAt ?? abortedAt);
        served += ended.filter(({ status }) => status === 200).length;
        const open = calls.filter((each) => !ended.includes(each));
        calls.splice(0, calls.length, ...open);
      };
      const counting = setInterval(count, 100);
      const mishaps =
        CALLS > 0 ? { cutEveryMs: 2_000, cutsPerKill: 10 } : { cutEveryMs: 400, cutsPerKill: 10 };
      const lanes = opened.flatMap(({ slug, token }) =>
        Array.from({ length: LANES }, () => lane(slug, token)),
      );
      const [suffered] = await Promise.all([suffer(fleet, mishaps, isOver), ...lanes]);
      clearInterval(counting);
      count();
      const peaks = opened.flatMap(({ slug, groups, declared }) =>
        groups.map((group) => ({ slug, declared, peak: fleet.upstream.limits.peak(group) })),
      );
      if (CALLS > 0) {
        const { violations } = fleet.upstream;
        const seconds = (Date.now() - began) / 1000;
        const { fallbacks } = fleet;
        report({ by: balancer.name, seconds, served, seen, ...suffered, fallbacks, violations, peaks });
      }
      // Where a starved machine did not reach Redis for a second, an instance went on with its part of the limits.
      if (CALLS > 0 || fleet.fallbacks === 0) expect(fleet.upstream.violations).toEqual([]);
      else console.warn(`instances went alone ${fleet.fallbacks} times: exact limits are not shown`);
      expect(served).toBeGreaterThanOrEqual(CALLS);
      for (const { slug, declared, peak } of peaks) {
        if (declared.concurrency) expect(peak.inFlight, slug).toBe(declared.concurrency);
        else if (declared.rpm) expect(peak.requests, slug).toBeGreaterThan(declared.rpm * FILLED);
        else expect(peak.tokens, slug).toBeGreaterThan((declared.tpm ?? 0) * FILLED);
      }
      expect(seen.get(429)).toBeGreaterThan(0);
      expect([...seen.keys()].filter((status) => ![0, 200, 429, 502].includes(status))).toEqual([]);
    },
  );
});

/** Figures of a long run. */
function report({ seen, peaks, ...rest }: Record<string, unknown> & { seen: ReadonlyMap<number, number> }) {
  console.log(
    JSON.stringify({ database: DATABASE, ...rest, answers: Object.fromEntries(seen), peaks }, undefined, 1),
  );
}
