import { startChild } from './child.ts';
import { CONTESTANTS, type Contestant, type Running } from './contestants.ts';
import { cpuMicros, onOtherCores, rssMib } from './cores.ts';
import { fire } from './load.ts';
import { median, spread } from './numbers.ts';
import type { Section } from './report.ts';

export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly only: readonly string[];
}

interface Figures {
  readonly perSecond: number[];
  readonly cpu: number[];
  readonly p50: number[];
  readonly p99: number[];
  errors: number;
  rss: number;
}

/** All contestants are up; in each round each has its turn, so that a slow minute of the machine hits all. */
export async function throughput(
  { rounds, seconds, only }: Effort,
  tell: (line: string) => void,
): Promise<Section> {
  const chosen = CONTESTANTS.filter(({ name }) => only.length === 0 || only.includes(name));
  const upstream = await startChild('upstream.ts', [], onOtherCores);
  const running: { contestant: Contestant; process: Running; figures: Figures }[] = [];
  try {
    for (const contestant of chosen) {
      tell(`starting ${contestant.name}`);
      const process = await contestant.start(upstream.url);
      running.push({
        contestant,
        process,
        figures: { perSecond: [], cpu: [], p50: [], p99: [], errors: 0, rss: 0 },
      });
      await fire(process.target, process.headers, 2);
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const { contestant, process, figures } of running) {
        await measure(process, seconds, figures);
        tell(
          `round ${round} of ${rounds}: ${contestant.name} ${Math.round(figures.perSecond.at(-1) ?? 0)} requests/s`,
        );
      }
    }
  } finally {
    for (const { process } of running) await process.stop();
    await upstream.stop();
  }
  return section(
    running.map(({ contestant, figures }) => ({ contestant, figures })),
    rounds,
    seconds,
  );
}

async function measure(process: Running, seconds: number, figures: Figures): Promise<void> {
  const before = cpuMicros(process.pid);
  const shot = await fire(process.target, process.headers, seconds);
  figures.perSecond.push(shot.requestsPerSecond);
  figures.cpu.push((cpuMicros(process.pid) - before) / Math.max(1, shot.requests));
  figures.p50.push(shot.p50);
  figures.p99.push(shot.p99);
  figures.errors += shot.errors;
  figures.rss = rssMib(process.pid);
}

function section(
  results: readonly { contestant: Contestant; figures: Figures }[],
  rounds: number,
  seconds: number,
): Section {
  const base = results[0];
  return {
    title: `Throughput and CPU: 1 KB JSON both ways, 64 connections, medians of ${rounds} interleaved rounds of ${seconds} s`,
    head: [
      'contestant',
      'requests/s',
      'spread',
      `of ${base?.contestant.name ?? ''}`,
      'CPU µs',
      'CPU above',
      'p50 ms',
      'p99 ms',
      'RSS MiB',
      'errors',
    ],
    rows: results.map(({ contestant, figures }) => [
      contestant.name,
      median(figures.perSecond).toFixed(0),
      `±${spread(figures.perSecond).toFixed(1)} %`,
      (median(figures.perSecond) / median(base?.figures.perSecond ?? [])).toFixed(2),
      median(figures.cpu).toFixed(1),
      (median(figures.cpu) - median(base?.figures.cpu ?? [])).toFixed(1),
      median(figures.p50).toFixed(2),
      median(figures.p99).toFixed(2),
      figures.rss.toFixed(0),
      String(figures.errors),
    ]),
    notes: results.map(({ contestant }) => `${contestant.name}: ${contestant.what}`),
  };
}
