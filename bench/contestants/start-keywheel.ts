import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient } from '../../test/e2e/support/admin-client.ts';
import { GatewayProcess, type LaunchOptions } from '../../test/e2e/support/gateway-process.ts';
import { onGatewayCore } from '../machine/cores.ts';
import { CHAT, type Running } from './contestant.ts';

export interface Setup {
  readonly keys?: number;
  readonly path?: string;
  readonly limits?: readonly object[];
  readonly models?: readonly string[];
  readonly launch?: Launch;
}

/** How the process is started. */
export interface Launch extends Pick<LaunchOptions, 'dist' | 'nodeOptions'> {
  readonly env?: Readonly<Record<string, string>>;
  /** Put before `node`; the gateway's core without it. */
  readonly prefix?: readonly string[];
}

export interface RunningKeywheel extends Running {
  readonly url: string;
  readonly directory: string;
  readonly admin: AdminClient;
}

const ADMIN_TOKEN = 'bench-admin-token-of-the-benchmarks';

/** Counted for each call, never reached. */
export const LIMITS = [{ rpm: 100_000_000, tpm: 1_000_000_000 }];

/** Of letters as real keys have them: how rare they are in answers is what it costs to look for a key there. */
export function benchKey(index: number): string {
  const letters = createHash('sha256').update(`key ${index}`).digest('base64url').slice(0, 32);
  return `sk-bench-${letters}-${String(index).padStart(6, '0')}`;
}

/** A gateway of its own with that many keys. Logs at info, as by default, and nobody reads them. */
export async function startKeywheel(
  upstream: string,
  { keys = 10, path = CHAT, limits = [], models = ['gpt-4o-mini'], launch = {} }: Setup = {},
): Promise<RunningKeywheel> {
  const directory = await mkdtemp(join(tmpdir(), 'keywheel-bench-'));
  const gateway = await launchKeywheel(directory, launch);
  const admin = new AdminClient(gateway.url, ADMIN_TOKEN);
  const baseUrl = `${upstream}/v1`;
  await admin.addUpstream({ slug: 'openai', protocol: 'openai', baseUrl, models, limits });
  await admin.addUpstream({ slug: 'bench', protocol: 'http', baseUrl: upstream });
  if (keys > 0) {
    const lines = Array.from({ length: keys }, (_, index) => benchKey(index));
    await admin.addKeys('openai', lines);
    await admin.addKeys('bench', lines.slice(0, 10));
  }
  const { secret } = await admin.createToken({ name: 'bench' });
  const stop = async () => {
    await gateway.stop();
    await rm(directory, { recursive: true, force: true });
  };
  return {
    pid: gateway.pid,
    url: gateway.url,
    directory,
    admin,
    target: gateway.url + path,
    headers: { authorization: `Bearer ${secret}` },
    stop,
  };
}

/** The gateway alone, on what an earlier life left in the folder. */
export function launchKeywheel(
  directory: string,
  { env: more = {}, prefix = onGatewayCore, ...launch }: Launch = {},
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
    ...{ cwd: directory, env, prefix, keepOutput: false, readyTimeoutMs: 60_000 },
    ...launch,
  });
}
