import { createConnection, type Socket } from 'node:net';
import type { Running } from '../contestants/contestant.ts';
import { called, KEYWHEEL } from '../contestants.ts';
import { fire } from '../load/fire.ts';
import { chat, halfOf, type Shot } from '../load/shot.ts';
import { rssMib, untilQuiet } from '../machine/usage.ts';
import { median, ratio, shown } from '../report/numbers.ts';
import { atMost, type Effort, type Section } from '../report/section.ts';
import { byTurns } from '../turns.ts';
import { startStreaming } from '../upstreams/start-upstream.ts';

const EACH = 300;
/** Of a stream in one piece of about 11 MB: more than the buffers of a connection hold. */
const DEAF_EVENTS = 60_000;

interface Figures {
  readonly alone: Shot;
  readonly beside: Shot;
  readonly rss: number;
}

/** What clients that send or read slowly do to the others. */
export async function slowClients(effort: Effort): Promise<Section> {
  const upstream = await startStreaming(DEAF_EVENTS, 0);
  const turn = async (running: Running): Promise<Figures> => {
    const { target, headers, pid } = running;
    const { seconds } = effort;
    const full = await fire({ target, headers, seconds });
    const aim = { target, headers, seconds, rate: halfOf(full) };
    const alone = await fire(aim);
    const leave = annoy(running);
    // Until the buffers of those that do not read are full.
    await untilQuiet(pid);
    const beside = await fire(aim);
    const rss = rssMib(pid);
    leave();
    await untilQuiet(pid);
    return { alone, beside, rss };
  };
  const contestants = called(...(effort.contestants.length > 0 ? effort.contestants : [KEYWHEEL]));
  try {
    const { turns, missing } = await byTurns({ contestants, upstream: upstream.url, turn }, effort);
    const p99 = (figures: readonly Figures[], which: 'alone' | 'beside') =>
      figures.map((one) => one[which].p99);
    return {
      title: `Slow clients: ${EACH} that never end a head, ${EACH} with a byte of body a second, ${EACH} that do not read 11 MB; others at half load`,
      head: ['contestant', 'p99 ms alone', 'p99 ms beside them', 'ratio', 'RSS MiB'],
      rows: turns.map(({ contestant: { name }, figures }) => [
        name,
        shown(p99(figures, 'alone'), 2),
        shown(p99(figures, 'beside'), 2),
        ratio(p99(figures, 'beside'), p99(figures, 'alone')).toFixed(2),
        median(figures.map((one) => one.rss)).toFixed(0),
      ]),
      findings: turns.map(({ contestant: { name }, figures }) =>
        atMost(
          `${name}: p99 of others by theirs alone`,
          2,
          ratio(p99(figures, 'beside'), p99(figures, 'alone')),
        ),
      ),
      notes: [`upstream: ${upstream.what}`, ...missing],
    };
  } finally {
    await upstream.stop();
  }
}

/** Opens them all; answers what ends them. */
function annoy({ target, headers }: Running): () => void {
  const { hostname, port, pathname } = new URL(target);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = (length: number) =>
    `POST ${pathname} HTTP/1.1\r\nhost: x\r\n${lines.join('')}content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  const open = (first: string): Socket => {
    const socket = createConnection({ host: hostname, port: Number(port) });
    socket.on('error', () => socket.destroy()).write(first);
    return socket;
  };
  const all = (first: string) => Array.from({ length: EACH }, () => open(first));
  const heads = all(`POST ${pathname} HTTP/1.1\r\nhost: x\r\nx-slow: `);
  const bodies = all(`${head(1000)}{`);
  const body = chat({ stream: true });
  const deaf = all(head(body.length) + body);
  for (const socket of deaf) socket.pause();
  const drip = setInterval(() => {
    for (const socket of [...heads, ...bodies]) if (socket.writable) socket.write(' ');
  }, 1000);
  return () => {
    clearInterval(drip);
    for (const socket of [...heads, ...bodies, ...deaf]) socket.destroy();
  };
}
