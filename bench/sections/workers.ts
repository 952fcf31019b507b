import { CHAT, type Contestant, MESSAGES, type Running } from '../contestants/contestant.ts';
import { LIMITS, type Setup, startKeywheel } from '../contestants/start-keywheel.ts';
import { fire } from '../load/fire.ts';
import { chat } from '../load/shot.ts';
import { directRate } from '../load/strength.ts';
import { CORES, onTwoCores } from '../machine/cores.ts';
import { openRedis, type RedisServer } from '../machine/redis.ts';
import type { Effort, Finding, Section } from '../report/section.ts';
import { startBurst, startInstant } from '../upstreams/start-upstream.ts';
import { duel, rateAtLeast, type Tally, workAtLeast } from './duel.ts';

const LEAST = 1.7;
/** Two that need no more CPU for a call than one serve twice as many where each has a core: 1.7 of 2. */
const LEAST_BY_CPU = LEAST / 2;
const EVENTS = 200;
/** Each of two workers sees half of the streams, and is warm after twice the time; streams are fewer than calls. */
const WARM_SECONDS = 15;

/** One worker beside two, both with their state in Redis. CPU and RSS are those of all processes. */
export async function workers(effort: Effort): Promise<Section> {
  const server = await openRedis();
  const upstream = await startInstant();
  const contestants = [
    ...[1, 2].map((count) => withWorkers(server, count, `workers-${count}`)),
    ...[1, 2].map((count) => withWorkers(server, count, `workers-${count}-limits`, { limits: LIMITS })),
  ];
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
    const finding = rateAtLeast(tally, 'two workers of one', LEAST, ['workers-2', 'workers-1']);
    const work = (limits: string) =>
      workAtLeast(tally, `two workers${limits && ' with limits'} of one`, LEAST_BY_CPU, [
        `workers-2${limits}`,
        `workers-1${limits}`,
      ]);
    return [CORES >= 4 ? finding : { ...finding, met: undefined }, work(''), work('-limits')];
  }
}

/**
 * The same with translated streams: they keep a worker so busy that generator, upstream and Redis need next to nothing
 * of two cores, which shows on two cores what two workers reach where nobody shares these with them.
 */
export async function busyWorkers(effort: Effort): Promise<Section> {
  const server = await openRedis();
  const upstream = await startBurst(EVENTS);
  const contestants = [1, 2].map((count) =>
    withWorkers(server, count, `busy-${count}`, { path: MESSAGES, limits: LIMITS }),
  );
  const bodies = [chat({ stream: true, max_tokens: 1000 })];
  const warmUp = ({ target, headers }: Running) => fire({ target, headers, seconds: WARM_SECONDS, bodies });
  const judge = (tally: Tally) => [
    rateAtLeast(tally, 'two busy workers of one', LEAST, ['busy-2', 'busy-1']),
    workAtLeast(tally, 'two busy workers of one', LEAST_BY_CPU, ['busy-2', 'busy-1']),
  ];
  try {
    const direct = await directRate(upstream);
    const title = `Busy workers, ${EVENTS} events of OpenAI's in one write for a client of Anthropic's`;
    return await duel({ title, contestants, upstream, direct, bodies, judge, warmUp }, effort);
  } finally {
    await upstream.stop();
    await server.stop();
  }
}

function withWorkers(
  { url: redis }: RedisServer,
  count: number,
  name: string,
  setup: Setup = {},
): Contestant {
  const { path = CHAT, limits = [] } = setup;
  const env = { WORKERS: String(count), REDIS_URL: redis };
  return {
    name,
    what: `WORKERS=${count}, ${path}${limits.length > 0 ? ', keys with limits' : ''}`,
    start: (upstream) => startKeywheel(upstream, { ...setup, launch: { env, prefix: onTwoCores } }),
  };
}
