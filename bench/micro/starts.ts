/*
 * What a call costs with sockets, and whether a change or a flag of V8 makes it cheaper: builds by turns of a tenth of a
 * second, so that neighbours on a busy machine hit all alike, each started anew several times, since two starts of the
 * same build differ for as long as they run. After `npm run build`, with copies of `dist` that lie beside a
 * `package.json` and `node_modules`. A number behind a comma is how many keys there are, and `redis` means that the state
 * is there; flags of Node follow after spaces; `bare` is the bare proxy, and the one to compare with comes first.
 *
 *   node bench/micro/starts.ts ../before/dist dist dist,10000 dist,10,redis 'dist --max-lazy' bare
 *
 * STARTS (5) of each, WARM (6) seconds of load before the first turn, SECONDS (10) of turns for all together;
 * UPSTREAM=half refuses every second key, UPSTREAM=burst answers with streams in one write.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { resolve } from 'node:path';
import type { Running } from '../contestants/contestant.ts';
import { LIMITS, startKeywheel } from '../contestants/start-keywheel.ts';
import { startProxy } from '../contestants/start-script.ts';
import { fire } from '../load/fire.ts';
import { chat } from '../load/shot.ts';
import { leaveGatewayCore } from '../machine/cores.ts';
import { openRedis } from '../machine/redis.ts';
import { median } from '../report/numbers.ts';
import { startBurst, startInstant } from '../upstreams/start-upstream.ts';

const CONNECTIONS = 64;
const CALLS = 1000;

const setting = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const [starts, warm, seconds] = [setting('STARTS', 5), setting('WARM', 6), setting('SECONDS', 10)];
const isStream = process.env.UPSTREAM === 'burst';
const body = chat({ stream: isStream });

/** Connections to one gateway that send the same call again and again, as long as they are told to. */
class Callers {
  private readonly sockets: Socket[];
  private readonly request: Buffer;
  private left = 0;
  private open = 0;
  private done: () => void = () => undefined;

  constructor({ target, headers }: Running) {
    const { host, port, pathname } = new URL(target);
    const lines = Object.entries({ host, ...headers, 'content-type': 'application/json' });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    this.request = Buffer.from(
      `POST ${pathname} HTTP/1.1\r\n${head}content-length: ${body.length}\r\n\r\n${body.toString()}`,
    );
    this.sockets = Array.from({ length: CONNECTIONS }, () => this.connection(Number(port)));
  }

  run(calls: number): Promise<void> {
    this.left = calls;
    return new Promise((resolve) => {
      this.done = resolve;
      for (const socket of this.sockets) this.next(socket);
    });
  }

  end(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private connection(port: number): Socket {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!isWhole(text)) return;
      text = '';
      this.open -= 1;
      this.next(socket);
    });
    return socket;
  }

  private next(socket: Socket): void {
    if (this.left > 0) {
      this.left -= 1;
      this.open += 1;
      socket.write(this.request);
    } else if (this.open === 0) this.done();
  }
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= end + 4 + Number(length);
}

/** CPU of all threads, in microseconds. Linux only. */
function cpu(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  const nanos = readdirSync(tasks).map((task) =>
    Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanos.reduce((sum, one) => sum + one, 0) / 1000;
}

const names = process.argv.slice(2);
leaveGatewayCore();
const server = names.some((name) => name.includes(',redis')) ? await openRedis() : undefined;
const upstream = isStream
  ? await startBurst(50)
  : await startInstant({ refusesHalf: process.env.UPSTREAM === 'half' });

function start(name: string): Promise<Running> {
  if (name === 'bare') return startProxy('bare-proxy.ts', upstream.url);
  const [build = '', ...nodeOptions] = name.split(' ');
  const [folder = '', keys = '10', state] = build.split(',');
  const env: Record<string, string> = state === 'redis' ? { REDIS_URL: server!.url } : {};
  return startKeywheel(upstream.url, {
    keys: Number(keys),
    limits: LIMITS,
    launch: { dist: resolve(folder), nodeOptions, env },
  });
}

/** For each start of each the median of its turns, and of how far they were above those of the first. */
const took = names.map((): number[] => []);
const above = names.map((): number[] => []);
for (let again = 0; again < starts; again += 1) {
  // Another is the first each time: who has waited longest for its first turn is the slowest for a while.
  const order = names.map((_, i) => (i + again) % names.length);
  const up: Running[] = [];
  for (const i of order) up[i] = await start(names[i]!);
  for (const i of order) {
    const { target, headers } = up[i]!;
    await fire({ target, headers, seconds: warm, bodies: [body] });
  }
  const callers = up.map((one) => new Callers(one));
  const turns = names.map((): number[] => []);
  const end = performance.now() + seconds * 1000;
  for (let round = 0; performance.now() < end; round += 1) {
    for (let place = 0; place < names.length; place += 1) {
      const i = (round + place) % names.length;
      const before = cpu(up[i]!.pid);
      await callers[i]!.run(CALLS);
      turns[i]!.push((cpu(up[i]!.pid) - before) / CALLS);
    }
  }
  for (const one of callers) one.end();
  for (const one of up) await one.stop();
  for (const [i, some] of turns.entries()) {
    took[i]!.push(median(some));
    above[i]!.push(median(some.map((value, round) => value - turns[0]![round]!)));
  }
  console.log(
    took.map((some, i) => `${some.at(-1)!.toFixed(1)} (${above[i]!.at(-1)!.toFixed(2)})`).join('  '),
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const error = (values: readonly number[]) =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));
console.table(
  names.map((name, i) => ({
    build: name,
    µs: mean(took[i]!).toFixed(1),
    'above the first': `${mean(above[i]!).toFixed(2)} ± ${error(above[i]!).toFixed(2)}`,
    'of its rate': (mean(took[0]!) / (mean(took[0]!) + mean(above[i]!))).toFixed(3),
  })),
);
await upstream.stop();
await server?.stop();
