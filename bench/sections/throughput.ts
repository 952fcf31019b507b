import type { Contestant } from '../contestants/contestant.ts';
import { BARE, called, KEYWHEEL, PORTKEY } from '../contestants.ts';
import { directRate } from '../load/strength.ts';
import type { Effort, Finding, Section } from '../report/section.ts';
import { atMost } from '../report/section.ts';
import { startInstant } from '../upstreams/start-upstream.ts';
import { duel, rateAtLeast, type Tally } from './duel.ts';

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

function judge(tally: Tally): Finding[] {
  return [
    rateAtLeast(tally, 'requests/s of the bare proxy', 0.85, [KEYWHEEL, BARE]),
    atMost('CPU µs a call above the bare proxy', 15, tally.cpuAbove(KEYWHEEL, BARE), 1),
    rateAtLeast(tally, "times the requests/s of Portkey's gateway", 12, [KEYWHEEL, PORTKEY]),
  ].filter(({ found }) => !found.startsWith('NaN'));
}
