import type { Contestant } from '../contestants/contestant.ts';
import { BARE, called, KEYWHEEL, PORTKEY } from '../contestants.ts';
import { directRate } from '../load/strength.ts';
import type { Effort, Finding, Section } from '../report/section.ts';
import { atLeast, atMost } from '../report/section.ts';
import { startInstant } from '../upstreams/start-upstream.ts';
import { duel, type Tally } from './duel.ts';

const USUAL = [BARE, 'nginx', 'nest', KEYWHEEL, 'keywheel-unlimited', 'keywheel-proxy', PORTKEY];

/** Calls a second and CPU of a call, one core, everybody in turn. */
export async function throughput(effort: Effort): Promise<Section> {
  const names = effort.contestants.length > 0 ? effort.contestants : USUAL;
  const contestants: readonly Contestant[] = called(...names);
  const upstream = await startInstant();
  try {
    const direct = await directRate(upstream);
    return await duel({ title: 'Throughput and CPU', contestants, upstream, direct, judge }, effort);
  } finally {
    await upstream.stop();
  }
}

function judge({ ratioOf, cpuAbove }: Tally): Finding[] {
  return [
    atLeast('requests/s of the bare proxy', 0.85, ratioOf(KEYWHEEL, BARE)),
    atMost('CPU µs a call above the bare proxy', 15, cpuAbove(KEYWHEEL, BARE), 1),
    atLeast("times the requests/s of Portkey's gateway", 12, ratioOf(KEYWHEEL, PORTKEY), 1),
  ].filter(({ found }) => found !== 'NaN');
}
