import { DIRECT } from '../contestants/direct.ts';
import type { Running } from '../contestants/contestant.ts';
import { BARE, called, KEYWHEEL, PORTKEY } from '../contestants.ts';
import { fire } from '../load/fire.ts';
import { connectionsTo, readStream } from '../load/read-stream.ts';
import { chat, type Shot } from '../load/shot.ts';
import { strength } from '../load/strength.ts';
import { cpuMicros } from '../machine/usage.ts';
import { difference, median, ratio, shown, spread } from '../report/numbers.ts';
import type { Effort, Section } from '../report/section.ts';
import { byTurns } from '../turns.ts';
import { startBurst } from '../upstreams/start-upstream.ts';
import { rateAtLeast } from './duel.ts';

const EVENTS = 50;
/** Streams one after the other, for the time to the first event. */
const ALONE = 50;
const BODY = chat({ stream: true });

interface Figures extends Shot {
  readonly first: readonly number[];
  /** Microseconds of a stream. */
  readonly cpu: number;
}

/** Streams that come in one piece, as fast as they can be had, and one at a time. */
export async function burstStreams(effort: Effort): Promise<Section> {
  const usual = [BARE, 'nginx', KEYWHEEL, PORTKEY];
  const names = effort.contestants.length > 0 ? effort.contestants : usual;
  const upstream = await startBurst(EVENTS);
  const turn = (running: Running) => measured(running, effort.seconds);
  try {
    const contestants = [DIRECT, ...called(...names)];
    const { turns, missing } = await byTurns({ contestants, upstream: upstream.url, turn }, effort);
    const of = (name: string) => turns.find(({ contestant }) => contestant.name === name)?.figures ?? [];
    const rates = (name: string) => of(name).map((one) => one.requestsPerSecond);
    const cpu = (name: string) => of(name).map((one) => one.cpu);
    const firsts = (name: string) => of(name).map((one) => median(one.first));
    const tally = {
      ratioOf: (name: string, other: string) => ratio(rates(name), rates(other)),
      noise: (name: string) => spread(rates(name)),
      cpuRatio: (name: string, other: string) => ratio(cpu(name), cpu(other)),
      cpuAbove: (name: string, other: string) => difference(cpu(name), cpu(other)),
    };
    const through = turns.map(({ contestant }) => contestant.name).filter((name) => name !== DIRECT.name);
    return {
      title: `Streams of ${EVENTS} events in one write: 64 connections, and ${ALONE} one after the other, ${effort.rounds} rounds of ${effort.seconds} s`,
      head: [
        'contestant',
        ...['streams/s', 'of bare', 'CPU ms per 1,000 events', 'above bare', 'times'],
        ...['first event p50 ms, alone', 'added', 'above bare', 'errors'],
      ],
      rows: turns.map(({ contestant: { name }, figures }) => [
        name,
        shown(rates(name)),
        tally.ratioOf(name, BARE).toFixed(2),
        shown(
          cpu(name).map((micros) => micros / EVENTS),
          2,
        ),
        (tally.cpuAbove(name, BARE) / EVENTS).toFixed(2),
        tally.cpuRatio(name, BARE).toFixed(2),
        shown(firsts(name), 2),
        difference(firsts(name), firsts(DIRECT.name)).toFixed(2),
        difference(firsts(name), firsts(BARE)).toFixed(2),
        String(figures.reduce((sum, { refused, broken }) => sum + refused + broken, 0)),
      ]),
      findings: [rateAtLeast(tally, 'streams/s of the bare proxy', 0.85, [KEYWHEEL, BARE])],
      notes: [
        'added: beyond direct, the upstream with nothing between',
        ...strength(
          median(rates(DIRECT.name)),
          upstream,
          Object.fromEntries(through.map((name) => [name, median(rates(name))])),
        ),
        ...missing,
      ],
    };
  } finally {
    await upstream.stop();
  }
}

async function measured(running: Running, seconds: number): Promise<Figures> {
  const before = cpuMicros(running.pid);
  const shot = await fire({ target: running.target, headers: running.headers, seconds, bodies: [BODY] });
  const cpu = (cpuMicros(running.pid) - before) / Math.max(1, shot.requests);
  const pool = connectionsTo(running);
  const first: number[] = [];
  try {
    while (first.length < ALONE) first.push((await readStream(pool, running)).first);
  } finally {
    await pool.destroy();
  }
  return { ...shot, cpu, first };
}
