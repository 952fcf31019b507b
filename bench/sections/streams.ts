import { DIRECT } from '../contestants/direct.ts';
import type { Running } from '../contestants/contestant.ts';
import { BARE, called, KEYWHEEL } from '../contestants.ts';
import { connectionsTo, readStream } from '../load/read-stream.ts';
import { cpuMicros } from '../machine/usage.ts';
import { difference, median, percentile, shown } from '../report/numbers.ts';
import { atMost, type Effort, type Section } from '../report/section.ts';
import { byTurns } from '../turns.ts';
import { startStreaming } from '../upstreams/start-upstream.ts';

const ALONE = 100;
const AT_ONCE = 32;
const EVENTS = 20;
const GAP_MS = 5;

interface Figures {
  /** From the call to its first event, one stream at a time. */
  readonly first: number[];
  /** From the upstream's write to the reader, for all events of many streams at once. */
  readonly delays: number[];
  /** Milliseconds of CPU for 1,000 of those. */
  readonly cpu: number;
}

/** What a gateway adds to the first event of a stream, and to each later one. */
export async function streams(effort: Effort): Promise<Section> {
  const names = effort.contestants.length > 0 ? effort.contestants : [BARE, 'nginx', KEYWHEEL];
  const contestants = [DIRECT, ...called(...names)];
  const upstream = await startStreaming(EVENTS, GAP_MS);
  try {
    const { turns, missing } = await byTurns({ contestants, upstream: upstream.url, turn }, effort);
    const all = (name: string, field: 'first' | 'delays') =>
      turns.find(({ contestant }) => contestant.name === name)?.figures.flatMap((one) => one[field]) ?? [];
    const added = (name: string, field: 'first' | 'delays', other: string = DIRECT.name) =>
      median(all(name, field)) - median(all(other, field));
    const cpu = (wanted: string) =>
      turns.find(({ contestant: { name } }) => name === wanted)?.figures.map((one) => one.cpu) ?? [];
    return {
      title: `Streams: ${EVENTS} events ${GAP_MS} ms apart; first event of ${ALONE} streams one after the other, later events of ${AT_ONCE} at once, ${effort.rounds} rounds`,
      head: [
        'contestant',
        ...['first event p50 ms', 'p99', 'added', 'above bare'],
        ...['event p50 ms', 'p99', 'added', 'above bare'],
        ...['CPU ms per 1,000', 'above bare'],
      ],
      rows: turns.map(({ contestant: { name } }) => [
        name,
        ...(['first', 'delays'] as const).flatMap((field) => [
          median(all(name, field)).toFixed(2),
          percentile(all(name, field), 0.99).toFixed(2),
          added(name, field).toFixed(2),
          added(name, field, BARE).toFixed(2),
        ]),
        shown(cpu(name), 1),
        difference(cpu(name), cpu(BARE)).toFixed(1),
      ]),
      findings: [
        atMost('first event, ms added at the median', 0.3, added(KEYWHEEL, 'first')),
        atMost('each event, ms added at the median', 1, added(KEYWHEEL, 'delays')),
      ],
      notes: [
        'added: beyond direct, the same reader on the upstream with nothing between',
        `upstream: ${upstream.what}`,
        ...missing,
      ],
    };
  } finally {
    await upstream.stop();
  }
}

async function turn(running: Running): Promise<Figures> {
  const pool = connectionsTo(running);
  const first: number[] = [];
  const enough = new AbortController();
  try {
    for (let index = 0; index < ALONE; index += 1) first.push(await firstEvent(pool, running));
    const options = { signal: enough.signal };
    const before = cpuMicros(running.pid);
    const readings = await Promise.all(
      Array.from({ length: AT_ONCE }, () => readStream(pool, running, options)),
    );
    const delays = readings.flatMap((reading) => reading.delays);
    return { first, delays, cpu: (cpuMicros(running.pid) - before) / delays.length };
  } finally {
    await pool.destroy();
  }
}

async function firstEvent(pool: ReturnType<typeof connectionsTo>, running: Running): Promise<number> {
  const { first } = await readStream(pool, running);
  return first;
}
