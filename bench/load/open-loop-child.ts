import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { percentile } from '../report/numbers.ts';
import { AnswerReader, type Answer } from './answer-reader.ts';
import type { Arrivals, Fates } from './open-loop.ts';

/*
 * Calls that arrive at a rate, whatever became of those before: each takes a connection that is free, or a new one.
 * Written on sockets, since it has to ask several times as fast as a gateway on the same kind of core can answer.
 * The argument names a file with Arrivals as JSON; Fates are printed.
 */
const { target, headers, seconds, rate, patienceMs, body } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
) as Arrivals;

/** More are never open: calls that find none are not sent, and told as such. */
const MOST_CONNECTIONS = 10_000;
const TICK_MS = 2;

const { hostname, port, pathname } = new URL(target);
const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(
  ([name, value]) => `${name}: ${value}\r\n`,
);
const bytes = Buffer.from(
  `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);

interface Line {
  readonly socket: Socket;
  readonly reader: AnswerReader;
  /** When the call on it left; 0 where none is under way. */
  since: number;
}

const good: number[] = [];
const refused: number[] = [];
const statuses = new Map<number, number>();
let [sent, unsent, broken, late] = [0, 0, 0, 0];
let retryAfter: string | undefined;
const free: Line[] = [];
const all = new Set<Line>();

function ended(line: Line, { status, retryAfter: after, closes }: Answer): void {
  const took = performance.now() - line.since;
  line.since = 0;
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  if (status === 200) good.push(took);
  if (status === 503) {
    refused.push(took);
    retryAfter ??= after ?? 'missing';
  }
  if (closes) line.socket.destroy();
  else free.push(line);
}

function opened(): Line {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const line: Line = { socket, since: 0, reader: new AnswerReader((answer) => ended(line, answer)) };
  all.add(line);
  socket.on('data', (chunk) => line.reader.read(chunk));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    all.delete(line);
    if (line.since > 0) broken += 1;
    line.since = 0;
  });
  return line;
}

function send(): void {
  let line = free.pop();
  while (line?.socket.destroyed) line = free.pop();
  if (!line && all.size >= MOST_CONNECTIONS) return void (unsent += 1);
  line ??= opened();
  line.since = performance.now();
  line.socket.write(bytes);
  sent += 1;
}

/** Nobody waits longer than that; who gives up hangs up. */
function giveUp(now: number): void {
  for (const line of all) {
    if (line.since === 0 || now - line.since < patienceMs) continue;
    late += 1;
    line.since = 0;
    line.socket.destroy();
  }
}

const began = performance.now();
let looked = began;
const timer = setInterval(() => {
  const now = performance.now();
  const due = Math.floor((Math.min(now - began, seconds * 1000) / 1000) * rate);
  while (sent + unsent < due) send();
  if (now - looked > 100) giveUp((looked = now));
  const isOver = now - began > seconds * 1000;
  const underWay = [...(isOver ? all : [])].some(({ since }) => since > 0);
  if (isOver && !underWay) report();
}, TICK_MS);

function report(): void {
  clearInterval(timer);
  const answered = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  const fates: Fates = {
    sentPerSecond: sent / seconds,
    goodPerSecond: good.length / seconds,
    refusedPerSecond: refused.length / seconds,
    goodP50: percentile(good, 0.5),
    goodP99: percentile(good, 0.99),
    refusedP50: percentile(refused, 0.5),
    refusedP99: percentile(refused, 0.99),
    retryAfter,
    otherwise: answered - good.length - refused.length,
    broken,
    late,
    unsent,
  };
  process.stdout.write(JSON.stringify(fates), () => process.exit(0));
}
