import { BARE, called, KEYWHEEL, PORTKEY } from '../contestants.ts';
import { chat } from '../load/shot.ts';
import { directRate } from '../load/strength.ts';
import type { Effort, Section } from '../report/section.ts';
import { startBurst } from '../upstreams/start-upstream.ts';
import { duel, rateAtLeast } from './duel.ts';

const EVENTS = 50;

/** Streams that come in one piece, as fast as they can be had. */
export async function burstStreams(effort: Effort): Promise<Section> {
  const names = effort.contestants.length > 0 ? effort.contestants : [BARE, 'nginx', KEYWHEEL, PORTKEY];
  const upstream = await startBurst(EVENTS);
  const bodies = [chat({ stream: true })];
  try {
    const plan = {
      title: `Streams of ${EVENTS} events in one write`,
      contestants: called(...names),
      upstream,
      direct: await directRate(upstream, bodies[0]),
      bodies,
    };
    return await duel(
      {
        ...plan,
        judge: (tally) => [rateAtLeast(tally, 'streams/s of the bare proxy', 0.85, [KEYWHEEL, BARE])],
      },
      effort,
    );
  } finally {
    await upstream.stop();
  }
}
