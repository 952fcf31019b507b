import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/e2e/support/free-port.ts';
import { answers, startProgram } from '../machine/children.ts';
import { onGatewayCore } from '../machine/cores.ts';
import { Unavailable } from '../machine/unavailable.ts';
import { CHAT, type Running } from './contestant.ts';

const VERSION = '1.15.2';
const FOLDER = join(import.meta.dirname, '../.fetched/portkey');
const SERVER = join(FOLDER, 'node_modules/@portkey-ai/gateway/build/start-server.js');

/** Portkey's gateway, fetched from the npm registry when it is first asked for; no dependency of this project. */
export async function startPortkey(upstream: string): Promise<Running> {
  return launch({ provider: 'openai', custom_host: `${upstream}/v1`, api_key: 'sk-bench' });
}

/** The same over several keys: each call takes one by chance, and the others in turn if that one fails. */
export function startPortkeyPool(upstream: string, keys: readonly string[]): Promise<Running> {
  const target = (key: string) => ({ provider: 'openai', custom_host: `${upstream}/v1`, api_key: key });
  // A strategy knows either balance or fallback, so each way through the keys is a target of the balance.
  const ways = keys.map((_, first) => [...keys.slice(first), ...keys.slice(0, first)]);
  return launch({
    strategy: { mode: 'loadbalance' },
    targets: ways.map((way) => ({ strategy: { mode: 'fallback' }, targets: way.map(target) })),
  });
}

async function launch(config: object): Promise<Running> {
  if (!existsSync(SERVER)) fetchPackage();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = [...onGatewayCore, process.execPath, SERVER, `--port=${port}`, '--headless'];
  const env = { NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' };
  const { pid, stop } = await startProgram(command, () => answers(url), { cwd: FOLDER, env });
  const headers = { 'x-portkey-config': JSON.stringify(config) };
  return { pid, target: url + CHAT, headers, stop };
}

function fetchPackage(): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{"private":true}\n');
  const quiet = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  try {
    execFileSync('npm', ['install', ...quiet, `@portkey-ai/gateway@${VERSION}`], {
      cwd: FOLDER,
      stdio: 'pipe',
      timeout: 120_000,
      shell: process.platform === 'win32',
    });
  } catch {
    throw new Unavailable(`@portkey-ai/gateway@${VERSION} could not be fetched from the npm registry`);
  }
}
