import { LIMITS, startKeywheel } from '../contestants/start-keywheel.ts';
import type { Contestant } from '../contestants/contestant.ts';
import { directRate } from '../load/strength.ts';
import { CORES, onTwoCores } from '../machine/cores.ts';
import { openRedis } from '../machine/redis.ts';
import type { Effort, Finding, Section } from '../report/section.ts';
import { startInstant } from '../upstreams/start-upstream.ts';
import { duel, rateAtLeast, type Tally, workAtLeast } from './duel.ts';

/** One worker beside two, both with their state in Redis. CPU and RSS are those of all processes. */
export async function workers(effort: Effort): Promise<Section> {
  const server = await openRedis();
  const upstream = await startInstant();
  const contestant = (count: number, limits: readonly object[]): Contestant => ({
    name: `workers-${count}${limits.length > 0 ? '-limits' : ''}`,
    what: `WORKERS=${count}${limits.length > 0 ? ', keys with limits' : ''}`,
    start: (url) => {
      const env = { WORKERS: String(count), REDIS_URL: server.url };
      return startKeywheel(url, { limits, launch: { env, prefix: onTwoCores } });
    },
  });
  const contestants = [[], LIMITS].flatMap((limits) => [contestant(1, limits), contestant(2, limits)]);
  try {
    const direct = await directRate(upstream);
    const section = await duel({ title: 'Workers', contestants, upstream, direct, judge }, effort);
    const crowded = `only ${CORES} cores: generator, upstream and Redis share them with the workers, so the ratio says nothing`;
    return CORES >= 4 ? section : { ...section, notes: [crowded, ...(section.notes ?? [])] };
  } finally {
    await upstream.stop();
    await server.stop();
  }

  function judge(tally: Tally): Finding[] {
    const finding = rateAtLeast(tally, 'two workers of one', 1.7, ['workers-2', 'workers-1']);
    // Two that need no more CPU for a call than one serve twice as many where each has a core: 1.7 of 2 is 0.85.
    const work = (limits: string) =>
      workAtLeast(tally, `two workers${limits && ' with limits'} of one`, 0.85, [
        `workers-2${limits}`,
        `workers-1${limits}`,
      ]);
    return [CORES >= 4 ? finding : { ...finding, met: undefined }, work(''), work('-limits')];
  }
}
