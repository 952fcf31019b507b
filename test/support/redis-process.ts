import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answers } from './servers.js';

const { TEST_REDIS_SERVER: CHOSEN } = process.env;
/** `TEST_REDIS_SERVER`, a command or a path, is the only one where it is set. */
const BINARY = (CHOSEN ? [CHOSEN] : ['redis-server', 'valkey-server']).find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
);

/** Whether a test may start a Redis of its own; with CI=true it has to be possible. */
export function canStartRedis(): boolean {
  if (BINARY !== undefined) return true;
  const missing = CHOSEN ? `${CHOSEN} cannot be run` : 'neither redis-server nor valkey-server is installed';
  if (process.env.CI === 'true' || CHOSEN) throw new Error(missing);
  console.warn(`skipped: ${missing}`);
  return false;
}

/** The process alone: nobody waits for it or ends it. */
export function spawnRedis(options: readonly string[]): ChildProcess {
  return spawn(BINARY ?? 'redis-server', options, { stdio: 'ignore' });
}

/** A Redis of the test's own, which it may stop, freeze and kill. It keeps nothing on disk. */
export class RedisProcess {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly more: readonly string[],
  ) {}

  /** @param more further options of the command */
  static async start(more: readonly string[] = []): Promise<RedisProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'keywheel-redis-'));
    const redis = new RedisProcess(await freePort(), directory, more);
    await redis.up();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}/0`;
  }

  /** Starts it, empty. */
  async up(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const place = ['--dir', this.directory, '--enable-debug-command', 'yes'];
    this.child = spawnRedis([...options, ...place, ...this.more]);
    while (!(await answers(this.url, this.port))) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill('SIGKILL');
    });
  }

  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async end(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Low enough that a cluster's second port, 10,000 higher, exists. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port < 55_000 ? port : freePort();
}
