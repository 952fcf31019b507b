import { setTimeout as sleep } from 'node:timers/promises';
import { startKeywheel, type RunningKeywheel } from '../contestants/start-keywheel.ts';
import { fire } from '../load/fire.ts';
import { chat, CONNECTIONS, type Shot } from '../load/shot.ts';
import { peakMib } from '../machine/usage.ts';
import { median, ratio, shown } from '../report/numbers.ts';
import { atLeast, type Effort, type Section } from '../report/section.ts';
import { startInstant } from '../upstreams/start-upstream.ts';

/** Of the connections that fill one core. */
const TIMES = [1, 5, 50];

interface Figures extends Shot {
  readonly good: number;
  readonly peak: number;
  /** Of an answer that was refused meanwhile. */
  readonly retryAfter?: string;
}

/** More clients at once than one core can serve. */
export async function overload(effort: Effort): Promise<Section> {
  const upstream = await startInstant();
  const gateway = await startKeywheel(upstream.url);
  const found = TIMES.map(() => [] as Figures[]);
  try {
    await fire({ ...gateway, seconds: 2 });
    for (let round = 1; round <= effort.rounds; round += 1) {
      effort.tell(`round ${round} of ${effort.rounds}`);
      for (const [index, times] of TIMES.entries())
        found[index]?.push(await press(gateway, CONNECTIONS * times, effort.seconds));
    }
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
  const good = (index: number) => (found[index] ?? []).map((one) => one.good);
  return {
    title: `Overload: as many clients as one core is full with, and more, medians of ${effort.rounds} rounds of ${effort.seconds} s`,
    head: [
      'clients',
      'good answers/s',
      'of the first',
      'refused/s',
      'Retry-After',
      'p50 ms',
      'p99 ms',
      'broken',
      'peak RSS MiB',
    ],
    rows: TIMES.map((times, index) => {
      const figures = found[index] ?? [];
      return [
        String(CONNECTIONS * times),
        shown(good(index)),
        ratio(good(index), good(0)).toFixed(2),
        median(figures.map((one) => one.requestsPerSecond - one.good)).toFixed(0),
        figures.find((one) => one.retryAfter !== undefined)?.retryAfter ?? '–',
        median(figures.map((one) => one.p50)).toFixed(1),
        median(figures.map((one) => one.p99)).toFixed(1),
        String(figures.reduce((sum, { broken }) => sum + broken, 0)),
        Math.max(...figures.map(({ peak }) => peak)).toFixed(0),
      ];
    }),
    findings: TIMES.slice(1).map((times, index) =>
      atLeast(
        `good answers of the peak with ${times} times the clients`,
        0.9,
        ratio(good(index + 1), good(0)),
      ),
    ),
    notes: [
      'clients send their next call when the last was answered, so refusals are as many as clients take',
    ],
  };
}

async function press(gateway: RunningKeywheel, connections: number, seconds: number): Promise<Figures> {
  const firing = fire({ target: gateway.target, headers: gateway.headers, seconds, connections });
  await sleep(seconds * 500);
  const [shot, retryAfter] = await Promise.all([firing, refusal(gateway)]);
  const good = shot.requestsPerSecond * (1 - shot.refused / Math.max(1, shot.requests));
  return { ...shot, good, peak: peakMib(gateway.pid), retryAfter };
}

/** What Retry-After a refused call gets; undefined where none of a few was refused. */
async function refusal({ target, headers }: RunningKeywheel): Promise<string | undefined> {
  for (let tries = 0; tries < 10; tries += 1) {
    const sent = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: chat(),
    };
    const answer = await fetch(target, sent).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 503) return answer.headers.get('retry-after') ?? 'missing';
  }
  return undefined;
}
