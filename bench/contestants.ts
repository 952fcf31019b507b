import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient } from '../test/e2e/support/admin-client.ts';
import { GatewayProcess } from '../test/e2e/support/gateway-process.ts';
import { startChild } from './child.ts';
import { onGatewayCore } from './cores.ts';

export interface Running {
  readonly pid: number;
  /** Where the load goes. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

export interface Contestant {
  readonly name: string;
  readonly what: string;
  readonly start: (upstream: string) => Promise<Running>;
}

const CHAT = '/v1/chat/completions';
/** Counted for each call, never reached. */
const LIMITS = [{ rpm: 100_000_000, tpm: 1_000_000_000 }];

interface Setup {
  readonly limits?: readonly object[];
  readonly redisUrl?: string;
}

/** The first is what the others are compared with. */
export const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'bare',
    what: 'node:http and undici, bodies buffered, nothing else',
    start: (upstream) => script('contestants/bare-proxy.ts', upstream),
  },
  {
    name: 'nest',
    what: 'a Nest controller on Express with undici',
    start: (upstream) => script('contestants/nest-proxy.ts', upstream),
  },
  {
    name: 'keywheel-10',
    what: 'Keywheel, memory mode, SQLite, 10 keys, chat completions',
    start: (upstream) => keywheel(upstream, 10),
  },
  {
    name: 'keywheel-10000',
    what: 'the same with 10,000 keys',
    start: (upstream) => keywheel(upstream, 10_000),
  },
  {
    name: 'keywheel-proxy-10',
    what: 'Keywheel, 10 keys, the same call as plain HTTP',
    start: (upstream) => keywheel(upstream, 10, '/proxy/bench/v1/chat/completions'),
  },
  {
    name: 'keywheel-limits',
    what: 'Keywheel, memory mode, 10 keys with limits of requests and tokens',
    start: (upstream) => keywheel(upstream, 10, CHAT, { limits: LIMITS }),
  },
  ...inRedis(process.env.BENCH_REDIS_URL),
];

/** The same with state in Redis, where `BENCH_REDIS_URL` names one. */
function inRedis(redisUrl: string | undefined): Contestant[] {
  if (redisUrl === undefined) return [];
  return [
    {
      name: 'keywheel-redis',
      what: 'Keywheel, state in Redis, 10 keys without limits',
      start: (upstream) => keywheel(upstream, 10, CHAT, { redisUrl }),
    },
    {
      name: 'keywheel-redis-limits',
      what: 'Keywheel, state in Redis, 10 keys with limits: one script an attempt',
      start: (upstream) => keywheel(upstream, 10, CHAT, { redisUrl, limits: LIMITS }),
    },
  ];
}

async function script(file: string, upstream: string): Promise<Running> {
  const child = await startChild(file, [upstream], onGatewayCore);
  return { ...child, target: `${child.url}/v1/chat/completions`, headers: {} };
}

export const BENCH_KEY = (index: number) => `sk-bench-${String(index).padStart(6, '0')}-aaaaaaaaaaaaaaaa`;

/** A gateway of its own with that many keys. Logs at info, as by default, and nobody reads them. */
export async function keywheel(
  upstream: string,
  keys: number,
  path = CHAT,
  { limits = [], redisUrl }: Setup = {},
): Promise<Running & { readonly url: string; readonly directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'keywheel-bench-'));
  const process = await launchKeywheel(directory, redisUrl ? { REDIS_URL: redisUrl } : {});
  const admin = new AdminClient(process.url, ADMIN_TOKEN);
  await admin.addUpstream({
    slug: 'openai',
    protocol: 'openai',
    baseUrl: `${upstream}/v1`,
    models: ['gpt-4o-mini'],
    limits,
  });
  await admin.addUpstream({ slug: 'bench', protocol: 'http', baseUrl: upstream });
  if (keys > 0) {
    const lines = Array.from({ length: keys }, (_, index) => BENCH_KEY(index));
    await admin.addKeys('openai', lines);
    await admin.addKeys('bench', lines.slice(0, 10));
  }
  const { secret } = await admin.createToken({ name: 'bench' });
  const stop = async () => {
    await process.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return {
    pid: process.pid,
    url: process.url,
    directory,
    target: process.url + path,
    headers: { authorization: `Bearer ${secret}` },
    stop,
  };
}

const ADMIN_TOKEN = 'bench-admin-token-of-the-benchmarks';

export function launchKeywheel(
  directory: string,
  more: Readonly<Record<string, string>> = {},
): Promise<GatewayProcess> {
  const env = {
    PORT: '0',
    HOST: '127.0.0.1',
    HOME: directory,
    ADMIN_TOKEN,
    ALLOW_PRIVATE_UPSTREAMS: 'true',
    LOG_LEVEL: process.env.BENCH_LOG_LEVEL ?? 'info',
    ...more,
  };
  return GatewayProcess.start({
    cwd: directory,
    env,
    prefix: onGatewayCore,
    keepOutput: false,
    readyTimeoutMs: 60_000,
  });
}
