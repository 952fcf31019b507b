import type { Contestant } from '../contestants/contestant.ts';
import { LIMITS, startKeywheel } from '../contestants/start-keywheel.ts';
import { fire } from '../load/fire.ts';
import { directRate } from '../load/strength.ts';
import type { Effort, Section } from '../report/section.ts';
import { startInstant } from '../upstreams/start-upstream.ts';
import { duel, rateAtLeast } from './duel.ts';

const SIZES = [10, 1000, 10_000];
const name = (keys: number) => `keywheel-${keys}`;

/** The same load on small and large pools: all keys have limits, and the upstream refuses every second one. */
export async function pools(effort: Effort): Promise<Section> {
  const upstream = await startInstant({ refusesHalf: true });
  const contestants = SIZES.map((keys): Contestant => ({
    name: name(keys),
    what: `${keys.toLocaleString('en')} keys with limits, half of them at rest after a 429`,
    start: (url) => startKeywheel(url, { keys, limits: LIMITS }),
  }));
  // Long enough that each key has been tried once and every second one was refused.
  const warmUp = ({ target, headers }: { target: string; headers: Readonly<Record<string, string>> }) =>
    fire({ target, headers, seconds: 6 });
  try {
    const plan = { title: 'Pools', contestants, upstream, direct: await directRate(upstream), warmUp };
    return await duel(
      {
        ...plan,
        judge: (tally) =>
          SIZES.slice(1).map((keys) =>
            rateAtLeast(tally, `requests/s with ${keys} keys of those with 10,`, 0.95, [
              name(keys),
              name(10),
            ]),
          ),
      },
      effort,
    );
  } finally {
    await upstream.stop();
  }
}
