import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const ANNOUNCED = /https?:\/\/(?:127\.0\.0\.1|localhost|0\.0\.0\.0):(\d+)/;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface LaunchOptions {
  /** The whole environment of the process but PATH; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Working directory: `./data` is created below it. */
  readonly cwd: string;
  /** Put before `node`, e.g. `['taskset', '-c', '0']`. */
  readonly prefix?: readonly string[];
  readonly nodeOptions?: readonly string[];
  /** Another build's folder instead of `dist`. */
  readonly dist?: string;
  readonly readyTimeoutMs?: number;
  /** False: once it is ready, what it prints is thrown away (for long runs under load). */
  readonly keepOutput?: boolean;
}

/** `node dist/main.js` as a child: knows its URL, keeps what it prints, can be stopped. */
export class GatewayProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  output = '';
  url = '';
  private exited = false;

  private constructor({ env, cwd, prefix = [], nodeOptions = [], dist = join(ROOT, 'dist') }: LaunchOptions) {
    const [command = process.execPath, ...args] = [
      ...prefix,
      process.execPath,
      ...nodeOptions,
      join(dist, 'main.js'),
    ];
    this.child = spawn(command, args, {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => (this.output += chunk.toString('utf8'));
    this.child.stdout?.on('data', keep);
    this.child.stderr?.on('data', keep);
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.exited = true;
        resolve({ code, signal });
      });
    });
  }

  /** Starts without waiting for anything: for boots that are meant to fail. */
  static launch(options: LaunchOptions): GatewayProcess {
    return new GatewayProcess(options);
  }

  /** Starts and waits until it answers that it is ready. */
  static async start(options: LaunchOptions): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(options);
    await gateway.ready(options.readyTimeoutMs ?? 30_000);
    if (options.keepOutput === false) gateway.throwAway();
    return gateway;
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Resident memory in bytes. Linux only; 0 elsewhere. */
  rss(): number {
    return statusField(this.pid, 'VmRSS') * 1024;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM', patienceMs = 20_000): Promise<Ended> {
    if (this.exited) return this.ended;
    this.child.kill(signal);
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), patienceMs);
    return this.ended.finally(() => clearTimeout(impatience));
  }

  private throwAway(): void {
    for (const stream of [this.child.stdout, this.child.stderr]) stream?.removeAllListeners('data').resume();
  }

  private async ready(patienceMs: number): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (this.exited) throw new Error(`the gateway ended before it was ready:\n${this.output}`);
      const port = ANNOUNCED.exec(this.output)?.[1];
      if (port !== undefined) {
        this.url = `http://127.0.0.1:${port}`;
        if (await answersReady(this.url)) return;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await this.stop('SIGKILL');
    throw new Error(`the gateway was not ready after ${patienceMs} ms:\n${this.output}`);
  }
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function statusField(pid: number, name: string): number {
  try {
    return Number(
      new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0,
    );
  } catch {
    return 0;
  }
}
