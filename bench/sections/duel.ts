import type { Contestant, Running } from '../contestants/contestant.ts';
import { fire } from '../load/fire.ts';
import { strength } from '../load/strength.ts';
import { chat, type Shot } from '../load/shot.ts';
import { cpuMicros, rssMib } from '../machine/usage.ts';
import { difference, median, ratio, shown, spread } from '../report/numbers.ts';
import { atLeast, type Effort, type Finding, type Section } from '../report/section.ts';
import { byTurns, type Turns } from '../turns.ts';
import type { Upstream } from '../upstreams/start-upstream.ts';

interface Figures extends Shot {
  /** Microseconds of a call. */
  readonly cpu: number;
  readonly rss: number;
}

/** Compares contestants by name; NaN where one did not take part. */
export interface Tally {
  /** The rate of the first by that of the second, round by round. */
  readonly ratioOf: (name: string, other: string) => number;
  /** Half the way from the slowest to the fastest round, in percent. */
  readonly noise: (name: string) => number;
  /** CPU of a call of the first by that of the second, which neighbours on a busy machine change least. */
  readonly cpuRatio: (name: string, other: string) => number;
  /** Microseconds of CPU of a call of the first beyond the second's. */
  readonly cpuAbove: (name: string, other: string) => number;
}

export interface Duel {
  readonly title: string;
  /** The first is what the others are compared with in the table. */
  readonly contestants: readonly Contestant[];
  readonly upstream: Upstream;
  /** What the generator reaches on the upstream with nothing between. */
  readonly direct: number;
  readonly bodies?: readonly string[];
  readonly judge?: (tally: Tally) => Finding[];
  readonly warmUp?: (running: Running) => Promise<unknown>;
}

const HEAD = ['CPU µs', 'calls a CPU-second', 'above', 'times', 'p50 ms', 'p99 ms', 'RSS MiB', 'errors'];

/** With rounds that differ more than that, in percent, a ratio of rates says nothing. */
const NOISY = 15;

/** A finding about the rate of the first by that of the second; met or not by requests/s, CPU is told beside it. */
export function rateAtLeast(
  { ratioOf, cpuRatio, noise }: Tally,
  what: string,
  least: number,
  [name, other]: readonly [string, string],
): Finding {
  const rate = ratioOf(name, other);
  const byCpu = (1 / cpuRatio(name, other)).toFixed(2);
  const differ = Math.max(noise(name), noise(other));
  const sure = Number.isNaN(differ) ? 'one round' : `rounds differ by ±${differ.toFixed(0)} %`;
  return {
    wanted: `${what} at least ${least}`,
    found: `${rate.toFixed(2)}; by CPU ${byCpu}; ${sure}`,
    met: differ <= NOISY ? rate >= least : undefined,
  };
}

/** The same by CPU alone: calls for a second of CPU of the first, by that of the second. */
export function workAtLeast(
  { cpuRatio }: Tally,
  what: string,
  least: number,
  [name, other]: readonly [string, string],
): Finding {
  return atLeast(`${what}, by CPU of a call,`, least, 1 / cpuRatio(name, other));
}

/** Full load on contestants in turn: calls a second, CPU of a call, memory. */
export async function duel(plan: Duel, effort: Effort): Promise<Section> {
  const { contestants, upstream, bodies = [chat()], warmUp } = plan;
  const turn = (running: Running) => measured(running, effort.seconds, bodies);
  const { turns, missing } = await byTurns({ contestants, upstream: upstream.url, turn, warmUp }, effort);
  const of = (name: string) => turns.find(({ contestant }) => contestant.name === name)?.figures ?? [];
  const rates = (name: string) => of(name).map((one) => one.requestsPerSecond);
  const cpu = (name: string) => of(name).map((one) => one.cpu);
  const first = turns[0]?.contestant.name ?? '';
  const tally: Tally = {
    ratioOf: (name, other) => ratio(rates(name), rates(other)),
    noise: (name) => spread(rates(name)),
    cpuRatio: (name, other) => ratio(cpu(name), cpu(other)),
    cpuAbove: (name, other) => difference(cpu(name), cpu(other)),
  };
  return {
    title: `${plan.title}: 64 connections, medians of ${effort.rounds} interleaved rounds of ${effort.seconds} s`,
    head: ['contestant', 'requests/s', `of ${first}`, ...HEAD],
    rows: turns.map((one) => row(one, first, tally)),
    findings: plan.judge?.(tally),
    notes: [
      ...strength(
        plan.direct,
        upstream,
        Object.fromEntries(turns.map(({ contestant: { name } }) => [name, median(rates(name))])),
      ),
      ...missing,
      ...turns.map(({ contestant }) => `${contestant.name}: ${contestant.what}`),
    ],
  };
}

async function measured(running: Running, seconds: number, bodies: readonly string[]): Promise<Figures> {
  const before = cpuMicros(running.pid);
  const shot = await fire({ target: running.target, headers: running.headers, seconds, bodies });
  const cpu = (cpuMicros(running.pid) - before) / Math.max(1, shot.requests);
  return { ...shot, cpu, rss: rssMib(running.pid) };
}

function row({ contestant, figures }: Turns<Figures>, first: string, tally: Tally): string[] {
  const all = (field: keyof Figures) => figures.map((one) => one[field]);
  const errors = figures.reduce((sum, { refused, broken }) => sum + refused + broken, 0);
  return [
    contestant.name,
    shown(all('requestsPerSecond')),
    tally.ratioOf(contestant.name, first).toFixed(2),
    shown(all('cpu'), 1),
    (1e6 / median(all('cpu'))).toFixed(0),
    tally.cpuAbove(contestant.name, first).toFixed(1),
    tally.cpuRatio(contestant.name, first).toFixed(2),
    median(all('p50')).toFixed(2),
    median(all('p99')).toFixed(2),
    median(all('rss')).toFixed(0),
    String(errors),
  ];
}
