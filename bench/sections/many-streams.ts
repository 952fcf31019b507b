import { setTimeout as sleep } from 'node:timers/promises';
import { DIRECT } from '../contestants/direct.ts';
import type { Running } from '../contestants/contestant.ts';
import { BARE, called, KEYWHEEL } from '../contestants.ts';
import { fire } from '../load/fire.ts';
import { connectionsTo, readStream, type Reading } from '../load/read-stream.ts';
import { cpuMicros, rssMib } from '../machine/usage.ts';
import { difference, median, percentile, shown } from '../report/numbers.ts';
import { atLeast, atMost, type Effort, type Section } from '../report/section.ts';
import { byTurns } from '../turns.ts';
import { startStreaming } from '../upstreams/start-upstream.ts';

const STREAMS = 5000;
const WARM = 200;
const GAP_MS = 1000;
/** Enough to outlast a turn, and no more: not every proxy ends the upstream's stream when its client leaves. */
const EVENTS = 90;
/** So many streams at most have been asked for and have not begun: what is measured is holding them. */
const OPENING = 100;
/** For all to begin; those that have not are told as not open. */
const OPENING_MS = 40_000;
/** Connections that make small calls beside the streams, and for how long. */
const CALLERS = 16;
const CALLING_SECONDS = 3;
/** For what opening left to do. */
const SETTLING_MS = 3000;

interface Figures {
  readonly opened: number;
  /** Answered with something else than 200. */
  readonly refused: number;
  /** KiB of resident memory that each stream has added. */
  readonly each: number;
  readonly delays: number[];
  /** Milliseconds of CPU for 1,000 events. */
  readonly cpu: number;
  /** Microseconds of CPU of a small call while they are open, without what they take themselves. */
  readonly call: number;
}

/** Thousands of slow streams at once: memory of each, how long its events are under way, and what other calls cost. */
export async function manyStreams(effort: Effort): Promise<Section> {
  const names = effort.contestants.length > 0 ? effort.contestants : [BARE, 'nginx', KEYWHEEL];
  const contestants = [DIRECT, ...called(...names)];
  const upstream = await startStreaming(EVENTS, GAP_MS);
  // Each turn holds everything up for half a minute, and more rounds say little more.
  const rounds = Math.min(effort.rounds, 2);
  const warmUp = (running: Running) => hold(running, WARM, 3000);
  const turn = (running: Running) => hold(running, STREAMS, Math.max(5000, effort.seconds * 1000));
  try {
    const course = { contestants, upstream: upstream.url, warmUp, turn };
    const { turns, missing } = await byTurns(course, { ...effort, rounds });
    const of = (wanted: string) => turns.find(({ contestant: { name } }) => name === wanted)?.figures ?? [];
    const delays = (name: string) => of(name).flatMap((one) => one.delays);
    const added = (name: string, other: string = DIRECT.name) => median(delays(name)) - median(delays(other));
    const cpu = (name: string) => of(name).map((one) => one.cpu);
    const call = (name: string) => of(name).map((one) => one.call);
    const memory = (name: string) => of(name).map((one) => one.each);
    return {
      title: `Many streams: ${STREAMS} at once, one event a second each, ${rounds} round(s)`,
      head: [
        'contestant',
        ...['streams open', 'refused', 'RSS KiB a stream', 'event p50 ms', 'p99', 'p50 added', 'above bare'],
        ...['CPU ms per 1,000 events', 'above bare', 'CPU µs of a call beside them'],
      ],
      rows: turns.map(({ contestant: { name }, figures }) => [
        name,
        Math.min(...figures.map((one) => one.opened)).toString(),
        Math.max(...figures.map((one) => one.refused)).toString(),
        shown(memory(name), 1),
        median(delays(name)).toFixed(2),
        percentile(delays(name), 0.99).toFixed(2),
        added(name).toFixed(2),
        added(name, BARE).toFixed(2),
        shown(cpu(name), 1),
        difference(cpu(name), cpu(BARE)).toFixed(1),
        shown(call(name)),
      ]),
      findings: [
        atMost('KiB of RSS a stream', 30, median(memory(KEYWHEEL)), 1),
        atMost('each event of many streams, ms added at the median', 1, added(KEYWHEEL)),
        atLeast('streams open at once', STREAMS, Math.min(...of(KEYWHEEL).map((one) => one.opened)), 0),
      ],
      notes: [`upstream: ${upstream.what}`, ...missing],
    };
  } finally {
    await upstream.stop();
  }
}

/** Opens that many streams, waits until all run, and listens for a while. */
async function hold(running: Running, streams: number, milliseconds: number): Promise<Figures> {
  const before = rssMib(running.pid);
  const pool = connectionsTo(running);
  const enough = new AbortController();
  let listening = false;
  let begun = 0;
  let over = 0;
  const latest = performance.now() + OPENING_MS;
  const readings: Promise<Reading | undefined>[] = [];
  for (let index = 0; index < streams; index += 1) {
    const options = { signal: enough.signal, fresh: () => listening, begun: () => void (begun += 1) };
    const reading = readStream(pool, running, options).catch(() => undefined);
    readings.push(reading);
    void reading.then((read) => void (over += Number.isNaN(read?.first ?? Number.NaN) ? 1 : 0));
    while (index - begun - over >= OPENING && performance.now() < latest) await sleep(1);
  }
  while (begun + over < streams && performance.now() < latest) await sleep(100);
  await sleep(SETTLING_MS);
  listening = true;
  const used = cpuMicros(running.pid);
  await sleep(milliseconds);
  const cpu = cpuMicros(running.pid) - used;
  listening = false;
  const call = await besides(running, cpu / milliseconds);
  const each = ((rssMib(running.pid) - before) * 1024) / begun;
  enough.abort();
  // Ends those too that never came as far as an answer.
  await pool.destroy();
  const read = await Promise.all(readings);
  const served = read.filter((one) => one?.status === 200 && one.delays.length > 0);
  const delays = served.flatMap((one) => one?.delays ?? []);
  const refused = read.filter((one) => one && one.status !== 0 && one.status !== 200).length;
  return { opened: served.length, refused, each, delays, cpu: cpu / delays.length, call };
}

/** @param streams microseconds of CPU that the open streams take in each millisecond */
async function besides(running: Running, streams: number): Promise<number> {
  const { target, headers, pid } = running;
  const began = performance.now();
  const used = cpuMicros(pid);
  const { requests } = await fire({ target, headers, seconds: CALLING_SECONDS, connections: CALLERS });
  return (cpuMicros(pid) - used - streams * (performance.now() - began)) / requests;
}
