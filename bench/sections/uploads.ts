import type { Running } from '../contestants/contestant.ts';
import { BARE, called, KEYWHEEL } from '../contestants.ts';
import { fire } from '../load/fire.ts';
import { cpuMicros, peakMib } from '../machine/usage.ts';
import { median, ratio, shown } from '../report/numbers.ts';
import { atLeast, type Effort, type Section } from '../report/section.ts';
import { byTurns } from '../turns.ts';
import { startStreaming } from '../upstreams/start-upstream.ts';

const CONNECTIONS = 8;
const IMAGE = 'iVBORw0KGgo'.repeat(470_000);
const URL = `data:image/png;base64,${IMAGE}`;
const CONTENT = [{ type: 'image_url', image_url: { url: URL } }];
const BODY = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: CONTENT }] });

/** Pictures of five megabytes in the body of a chat, read to their end by the upstream. */
export async function uploads(effort: Effort): Promise<Section> {
  const usual = [BARE, 'nginx', KEYWHEEL, 'keywheel-proxy'];
  const contestants = called(...(effort.contestants.length > 0 ? effort.contestants : usual));
  const upstream = await startStreaming(1, 1);
  const turn = async ({ target, headers, pid }: Running) => {
    const before = cpuMicros(pid);
    const { seconds } = effort;
    const shot = await fire({ target, headers, seconds, connections: CONNECTIONS, bodies: [BODY] });
    return { ...shot, cpu: (cpuMicros(pid) - before) / 1000 / shot.requests, peak: peakMib(pid) };
  };
  try {
    const { turns, missing } = await byTurns({ contestants, upstream: upstream.url, turn }, effort);
    const rates = (name: string) =>
      turns
        .find(({ contestant }) => contestant.name === name)
        ?.figures.map(({ requestsPerSecond }) => requestsPerSecond) ?? [];
    return {
      title: `Uploads of ${(BODY.length / 1e6).toFixed(1)} MB: ${CONNECTIONS} connections, ${effort.rounds} rounds of ${effort.seconds} s`,
      head: ['contestant', 'uploads/s', 'of bare', 'CPU ms', 'p50 ms', 'peak RSS MiB', 'errors'],
      rows: turns.map(({ contestant: { name }, figures }) => [
        name,
        shown(rates(name), 1),
        ratio(rates(name), rates(BARE)).toFixed(2),
        median(figures.map(({ cpu }) => cpu)).toFixed(2),
        median(figures.map(({ p50 }) => p50)).toFixed(1),
        Math.max(...figures.map(({ peak }) => peak)).toFixed(0),
        String(figures.reduce((sum, { refused, broken }) => sum + refused + broken, 0)),
      ]),
      findings: [atLeast('uploads/s of the bare proxy', 0.9, ratio(rates(KEYWHEEL), rates(BARE)))],
      notes: [`upstream: ${upstream.what}`, ...missing],
    };
  } finally {
    await upstream.stop();
  }
}
