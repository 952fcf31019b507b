import type { Running } from '../contestants/contestant.ts';
import { BARE, called, KEYWHEEL } from '../contestants.ts';
import { fire } from '../load/fire.ts';
import { halfOf, type Shot } from '../load/shot.ts';
import { median, ratio, shown } from '../report/numbers.ts';
import { atMost, type Effort, type Section } from '../report/section.ts';
import { byTurns } from '../turns.ts';
import { startInstant } from '../upstreams/start-upstream.ts';

/** Latency at half load: each gets half of the rate that it has just reached itself. */
export async function latency(effort: Effort): Promise<Section> {
  const names = effort.contestants.length > 0 ? effort.contestants : [BARE, 'nginx', KEYWHEEL];
  const upstream = await startInstant();
  const { seconds } = effort;
  const turn = async ({ target, headers }: Running): Promise<Shot> => {
    const full = await fire({ target, headers, seconds: Math.max(1, seconds / 2) });
    return fire({ target, headers, seconds, rate: halfOf(full) });
  };
  try {
    const { turns, missing } = await byTurns(
      { contestants: called(...names), upstream: upstream.url, turn },
      effort,
    );
    const p99 = (wanted: string) =>
      turns.find(({ contestant: { name } }) => name === wanted)?.figures.map((shot) => shot.p99) ?? [];
    return {
      title: `Latency at half load: each half of its own full rate, 64 connections, ${effort.rounds} rounds of ${seconds} s`,
      head: ['contestant', 'requests/s', 'p50 ms', 'p99 ms', 'p99 by bare'],
      rows: turns.map(({ contestant: { name }, figures }) => [
        name,
        shown(figures.map((shot) => shot.requestsPerSecond)),
        median(figures.map((shot) => shot.p50)).toFixed(2),
        shown(p99(name), 2),
        ratio(p99(name), p99(BARE)).toFixed(2),
      ]),
      findings: [atMost('p99 by that of the bare proxy', 1.3, ratio(p99(KEYWHEEL), p99(BARE)))],
      notes: missing,
    };
  } finally {
    await upstream.stop();
  }
}
