import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support/house.ts';
import { growth, soak, type Wear } from './support/soak.ts';

/** Longer by `SOAK_SECONDS`: 900 is what a release gets. */
const SECONDS = Number(process.env.SOAK_SECONDS ?? 30);
const PARTS = Math.max(12, Math.ceil(SECONDS / 30));

let house: House;
let wears: Wear[];

beforeAll(
  async () => {
    house = await openHouse();
    const busy = { kind: 'rate_limited', retryAfter: 1 } as const;
    const models = ['gpt-4o-mini'];
    await house.pool('openai', 'openai', ['good', 'good', 'good', busy, { kind: 'slow', delayMs: 2 }], {
      models,
    });
    await house.pool('plain', 'http', ['good', 'good']);
    const worn = { ...house, process: house.gateway.process, plainPath: '/proxy/plain' };
    wears = await soak(worn, SECONDS, PARTS);
  },
  SECONDS * 1000 + PARTS * 1000 + 60_000,
);

afterAll(() => house.close());

describe(`mixed load`, () => {
  it('is served', () => {
    const { calls, failed } = wears.at(-1)!;
    expect(calls).toBeGreaterThan(100);
    expect(failed).toBe(0);
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
    expect(heap.to).toBeLessThanOrEqual(heap.from * 1.2 + 8);
    expect(rss.to).toBeLessThanOrEqual(rss.from * 1.15 + 24);
  });
});
