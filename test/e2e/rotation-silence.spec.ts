import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from './support/ask.ts';
import { failingPool, failingPoolInUse, failures } from './support/failing-pool.ts';
import { openHouse, type House } from './support/house.ts';
import { until } from './support/until.ts';

/*
 * Keys that take a call and never answer. Calls may wait for a key for two seconds only: what attempts take is no
 * waiting, or the larger pools could not succeed.
 */
const FIRST_BYTE_MS = 1000;
const SPEC = { timeouts: { firstByteTimeoutMs: FIRST_BYTE_MS } };

const POOLS = [
  [1, 2],
  [1, 10],
  [5, 10],
  [9, 10],
  [1, 100],
  [50, 100],
  [99, 100],
] as const;

let house: House;

beforeAll(async () => {
  house = await openHouse({ env: { KEYWHEEL_MAX_WAIT_MS: '2000' } });
});

afterAll(() => house.close());

/** At once, since each waits most of the time, and in a pool of its own. */
describe.concurrent('silence', () => {
  it.each(POOLS)('%i of %i keys never answer, no client notices', async (...pool) => {
    const { slug } = await failingPool(house, 'openai', 'silence', pool, SPEC);
    expect(await failures(house, slug, 'openai', { calls: 60, pace: 20 })).toEqual([]);
  });

  it.each(POOLS)('%i of %i keys fall silent in use, no client notices', async (...pool) => {
    const { slug } = await failingPoolInUse(house, 'openai', 'silence', pool, SPEC);
    expect(await failures(house, slug, 'openai', { calls: 60, pace: 20 })).toEqual([]);
  });

  it('of all keys ends as a time-out', async () => {
    const { slug } = await failingPool(house, 'openai', 'silence', [3, 3], SPEC);
    const told = await failures(house, slug, 'openai', { calls: 1, pace: 1 });
    expect(told).toEqual([expect.stringContaining('upstream_timeout')]);
  });
});

it('a key that has fallen silent gets no further call, long before its time-out', async () => {
  const scripts = Array.from({ length: 10 }, () => 'good' as const);
  const patient = { timeouts: { firstByteTimeoutMs: 60_000 } };
  const [silent] = (await house.pool('hushed', 'openai', scripts, patient)) as [string];
  const hits = () => house.upstream.callsWith(silent).filter(({ method }) => method === 'POST').length;
  const over = new AbortController();
  const calls = (count: number) =>
    Promise.all(Array.from({ length: count }, () => ask(house, 'hushed', 'openai', { signal: over.signal })));
  for (let round = 0; round < 4; round++) await calls(10);

  house.upstream.keys.set(silent, { then: 'silence' });
  const waiting: Promise<unknown>[] = [];
  await until(async () => {
    const before = hits();
    waiting.push(calls(10).catch(() => undefined));
    await Promise.race([waiting.at(-1), sleep(250)]);
    return before > 0 && hits() === before;
  }, 'calls to leave the silent key alone');
  const before = hits();
  for (let round = 0; round < 10; round++) await calls(10);
  expect(hits()).toBe(before);
  over.abort();
  await Promise.all(waiting);
});

describe('silence and a single stream', () => {
  it.each([
    [1, 2],
    [9, 10],
    [20, 21],
  ] as const)('a single stream gets by %i of %i silent keys', async (...pool) => {
    const { slug, good } = await failingPool(house, 'openai', 'silence', pool, SPEC);
    expect(await failures(house, slug, 'openai', { calls: 1, pace: 1, streamed: true })).toEqual([]);
    // The list of models may be asked for meanwhile, with GET.
    const answered = house.upstream.callsWith(good[0]!).filter(({ method }) => method === 'POST');
    expect(answered).toHaveLength(1);
  });
});
