import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type House } from '../e2e/support/house.ts';
import { growth, soak, type Wear } from '../e2e/support/soak.ts';
import { canStartRedis, RedisProcess } from '../support/redis-process.ts';

/** `npm test` says 900 with CI=true; the rest of the suite runs meanwhile. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 30);
const PARTS = Math.max(12, Math.ceil(SECONDS / 30));
/** So few that what runs beside it does not suffer. */
const PER_SECOND = 60;
const COLLECT = join(import.meta.dirname, '../e2e/support/collect-garbage.mjs');

let redis: RedisProcess | undefined;
let house: House;
let wears: Wear[];

beforeAll(
  async () => {
    redis = canStartRedis() ? await RedisProcess.start() : undefined;
    house = await openHouse({
      env: {
        ...(redis && { REDIS_URL: redis.url }),
        // A machine that is busy with other suites is no reason to turn calls away here.
        KEYWHEEL_MAX_DELAY_MS: '0',
      },
      nodeOptions: ['--expose-gc', '--import', COLLECT],
    });
    const busy = { kind: 'rate_limited', retryAfter: 1 } as const;
    const slow = { kind: 'slow', delayMs: 2 } as const;
    await house.pool(
      'openai',
      'openai',
      ['good', 'good', 'good', busy, slow, 'server_error', 'unauthorized'],
      {
        models: ['gpt-4o-mini'],
        limits: [{ rpm: 100_000, tpm: 1_000_000_000, concurrency: 1_000 }],
      },
    );
    await house.pool('plain', 'http', ['good', 'good']);
    const { process } = house.gateway;
    const collect = () => void process.child.kill('SIGUSR2');
    const worn = { ...house, process, plainPath: '/proxy/plain', perSecond: PER_SECOND, collect };
    wears = await soak(worn, SECONDS, PARTS);
    if (SECONDS >= 300)
      console.table(wears.map(({ faults, ...wear }) => ({ ...wear, faults: faults.length })));
  },
  // A busy machine takes its time for what is under way at the end of a part.
  SECONDS * 1_500 + PARTS * 5_000 + 60_000,
);

afterAll(async () => {
  await house.close();
  await redis?.end();
});

describe('mixed load', () => {
  it('is served', () => {
    const { calls, faults } = wears.at(-1)!;
    expect(calls).toBeGreaterThan(100);
    expect(faults).toEqual([]);
  });

  it('leaves no sockets behind', () => {
    const { from, to } = growth(wears, 'files');
    expect(to).toBeLessThanOrEqual(from + 16);
  });

  it('leaves no timers behind', () => {
    const { from, to } = growth(wears, 'timers');
    expect(to).toBeLessThanOrEqual(from + 16);
  });

  it('leaves no memory behind', () => {
    const heap = growth(wears, 'heapMib');
    const rss = growth(wears, 'rssMib');
    expect(heap.to).toBeLessThanOrEqual(heap.from * 1.1 + 6);
    expect(rss.to).toBeLessThanOrEqual(rss.from * 1.1 + 24);
  });
});
