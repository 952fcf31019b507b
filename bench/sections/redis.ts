import type { Contestant } from '../contestants/contestant.ts';
import { LIMITS, startKeywheel } from '../contestants/start-keywheel.ts';
import { directRate } from '../load/strength.ts';
import { CORES } from '../machine/cores.ts';
import { openRedis } from '../machine/redis.ts';
import type { Effort, Section } from '../report/section.ts';
import { startInstant } from '../upstreams/start-upstream.ts';
import { duel, rateAtLeast, workAtLeast } from './duel.ts';

/** State in memory beside state in Redis, with limits and without. */
export async function redis(effort: Effort): Promise<Section> {
  const server = await openRedis();
  const upstream = await startInstant();
  const env = { REDIS_URL: server.url };
  const contestants: Contestant[] = [
    { name: 'memory', what: '10 keys without limits', start: (url) => startKeywheel(url) },
    {
      name: 'redis',
      what: 'the same, state in Redis',
      start: (url) => startKeywheel(url, { launch: { env } }),
    },
    {
      name: 'memory-limits',
      what: '10 keys with limits of requests and tokens',
      start: (url) => startKeywheel(url, { limits: LIMITS }),
    },
    {
      name: 'redis-limits',
      what: 'the same, state in Redis: each attempt is counted there',
      start: (url) => startKeywheel(url, { launch: { env }, limits: LIMITS }),
    },
  ];
  try {
    const title = `State in Redis (${server.what}, beside load and upstream)`;
    const plan = { title, contestants, upstream, direct: await directRate(upstream) };
    const section = await duel(
      {
        ...plan,
        judge: (tally) => [
          rateAtLeast(tally, 'of memory without limits', 0.95, ['redis', 'memory']),
          rateAtLeast(tally, 'of memory with limits', 0.75, ['redis-limits', 'memory-limits']),
          workAtLeast(tally, 'of memory without limits', 0.95, ['redis', 'memory']),
          workAtLeast(tally, 'of memory with limits', 0.75, ['redis-limits', 'memory-limits']),
        ],
      },
      effort,
    );
    const crowded = `only ${CORES} cores: generator, upstream and Redis share one, so rates are lower bounds; CPU is the gateway's alone`;
    return CORES >= 4 ? section : { ...section, notes: [crowded, ...(section.notes ?? [])] };
  } finally {
    await upstream.stop();
    await server.stop();
  }
}
