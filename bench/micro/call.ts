/*
 * What a call costs without sockets: two or more builds by turns in one process, so that a busy machine hits all
 * of them alike. Give a second copy of a build to see the noise. After `npm run build`, with copies of `dist` that lie
 * beside a `package.json` and `node_modules`; a number behind a comma is how many keys there are:
 * node --expose-gc bench/micro/call.ts ../before/dist dist dist,10000
 */
import { mkdtemp } from 'node:fs/promises';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import type { Dispatcher } from 'undici';
import { AdminClient } from '../../test/e2e/support/admin-client.ts';
import { benchKey, LIMITS } from '../contestants/start-keywheel.ts';
import { chat } from '../load/shot.ts';
import { median } from '../report/numbers.ts';
import { COMPLETION } from '../upstreams/answers.ts';

const BODY = chat();
const START = process.cwd();
const ADMIN_TOKEN = 'bench-admin-token-of-the-benchmarks';
const PATHS = { llm: '/v1/chat/completions', proxy: '/proxy/bench/v1/chat/completions' };
const AT_ONCE = 64;
const CALLS = 300;
const SECONDS = 6;
const ANSWER = Buffer.from(COMPLETION);
const ANSWERED = { 'content-type': 'application/json', 'content-length': String(ANSWER.length) };

/** Takes the bytes of answers and throws them away. */
class NoSocket extends Socket {
  override readonly remoteAddress = '127.0.0.1';
  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done();
  }
  override _writev(_chunks: unknown, done: () => void): void {
    done();
  }
}

const controller = { abort() {}, pause() {}, resume() {} } as unknown as Dispatcher.DispatchController;

/** An upstream that answers what was asked in one turn of the event loop in the next. */
class NoUpstream {
  private asked: Dispatcher.DispatchHandler[] = [];

  dispatch(_options: unknown, handler: Dispatcher.DispatchHandler): boolean {
    handler.onRequestStart?.(controller, {});
    if (this.asked.push(handler) === 1) setImmediate(() => this.answer());
    return true;
  }

  private answer(): void {
    const { asked } = this;
    this.asked = [];
    for (const handler of asked) {
      handler.onResponseStart?.(controller, 200, ANSWERED);
      handler.onResponseData?.(controller, ANSWER);
      handler.onResponseEnd?.(controller, {});
    }
  }
}

type Takes = (req: IncomingMessage, res: ServerResponse) => boolean;

/** A gateway of that build in this process; answers what makes so many calls. */
async function launch(name: string): Promise<(path: string, calls: number) => Promise<void>> {
  const [dist = 'dist', count = '10'] = name.split(',');
  const folder = resolve(START, dist);
  const load = <T>(file: string): Promise<T> => import(pathToFileURL(join(folder, file)).href);
  const { Egress } = await load<typeof import('../../src/egress/egress.js')>('egress/egress.js');
  const { DataPlane } = await load<typeof import('../../src/data-plane.js')>('data-plane.js');
  const { startApp } = await load<typeof import('../../src/app.js')>('app.js');
  const { loadConfig } =
    await load<typeof import('../../src/config/load-config.js')>('config/load-config.js');
  const { createLogger } =
    await load<typeof import('../../src/logging/create-logger.js')>('logging/create-logger.js');
  const { pinnedFaults } = await load<typeof import('../../src/settings/pinned.js')>('settings/pinned.js');

  const upstream = new NoUpstream();
  Egress.prototype.dispatcher = () => upstream as unknown as ReturnType<typeof Egress.prototype.dispatcher>;
  let takes: Takes | undefined;
  const taking = Reflect.get<typeof DataPlane.prototype, 'takes'>(DataPlane.prototype, 'takes');
  DataPlane.prototype.takes = function (req, res) {
    DataPlane.prototype.takes = taking;
    takes = taking.bind(this);
    return takes(req, res);
  };

  const HOME = await mkdtemp(join(tmpdir(), 'keywheel-micro-'));
  process.chdir(HOME);
  const env = { PORT: '0', HOST: '127.0.0.1', HOME, ADMIN_TOKEN, ALLOW_PRIVATE_UPSTREAMS: 'true' };
  const config = loadConfig(env, pinnedFaults);
  const app = await startApp(config, createLogger(config, { write: () => undefined }));
  const admin = new AdminClient(app.url, ADMIN_TOKEN);
  const models = ['gpt-4o-mini'];
  const baseUrl = 'http://127.0.0.1:9';
  await admin.addUpstream({
    slug: 'openai',
    protocol: 'openai',
    baseUrl: `${baseUrl}/v1`,
    models,
    limits: LIMITS,
  });
  await admin.addUpstream({ slug: 'bench', protocol: 'http', baseUrl });
  const keys = Array.from({ length: Number(count) }, (_, index) => benchKey(index));
  await admin.addKeys('openai', keys);
  await admin.addKeys('bench', keys.slice(0, 10));
  const { secret } = await admin.createToken({ name: 'bench' });
  await (await fetch(`${app.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).text();
  return (path, calls) => run(takes!, path, secret, calls);
}

function run(takes: Takes, path: string, secret: string, calls: number): Promise<void> {
  const headers = {
    host: 'localhost',
    authorization: `Bearer ${secret}`,
    'content-type': 'application/json',
    'content-length': String(BODY.length),
  };
  let left = calls;
  let open = 0;
  return new Promise((done, fail) => {
    const next = (socket: NoSocket) => {
      if (left === 0) return open === 0 ? done() : undefined;
      left -= 1;
      open += 1;
      const req = new IncomingMessage(socket);
      Object.assign(req, { method: 'POST', url: path, httpVersionMajor: 1, httpVersionMinor: 1 });
      Object.assign(req.headers, headers);
      req.rawHeaders = Object.entries(headers).flat();
      const res = new ServerResponse(req);
      res.assignSocket(socket);
      res.on('finish', () => {
        if (res.statusCode !== 200) fail(new Error(`answered ${res.statusCode}`));
        res.detachSocket(socket);
        open -= 1;
        setImmediate(next, socket);
      });
      takes(req, res);
      req.push(BODY);
      req.complete = true;
      req.push(null);
    };
    for (let i = 0; i < AT_ONCE; i += 1) next(new NoSocket());
  });
}

async function micros(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

async function bytes(work: () => Promise<void>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    await work();
    rounds.push((process.memoryUsage().heapUsed - before) / CALLS);
  }
  return median(rounds);
}

for (const flag of [
  '--no-allocation-site-pretenuring',
  '--semi-space-growth-factor=32',
  '--lazy-new-space-shrinking',
])
  setFlagsFromString(flag);
await import('reflect-metadata');
const names = process.argv.slice(2);
const builds: Awaited<ReturnType<typeof launch>>[] = [];
for (const name of names) builds.push(await launch(name));
for (const [name, path] of Object.entries(PATHS)) {
  const took = builds.map((): number[] => []);
  for (const calls of builds) await calls(path, 20_000);
  const end = performance.now() + SECONDS * 1000;
  for (let round = 0; performance.now() < end; round += 1) {
    const order = builds.map((_, place) => (round + place) % builds.length);
    for (const i of order) took[i]!.push(await micros(() => builds[i]!(path, CALLS)));
  }
  const rows: Record<string, string | number>[] = [];
  for (const [i, calls] of builds.entries()) {
    rows.push({
      call: name,
      build: names[i]!,
      µs: median(took[i]!).toFixed(1),
      'against the first': median(took[i]!.map((value, round) => value - took[0]![round]!)).toFixed(2),
      bytes: Math.round(await bytes(() => calls(path, CALLS))),
    });
  }
  console.table(rows);
}
process.exit(0);
