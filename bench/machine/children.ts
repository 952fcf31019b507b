import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { childrenOf } from './usage.ts';

export interface Child {
  readonly pid: number;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const FOLDER = join(import.meta.dirname, '..');

/** Ends what this process has started and not stopped. Linux only. */
export function endChildren(): void {
  for (const pid of childrenOf(process.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Starts a script of `bench/` that prints its URL on a line of its own. */
export function startScript(
  script: string,
  args: readonly string[],
  prefix: readonly string[],
): Promise<Child> {
  const child = launch([...prefix, process.execPath, join(FOLDER, script), ...args]);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      const url = /^http:\/\/\S+/m.exec(chunk.toString())?.[0];
      if (url !== undefined) resolve({ pid: child.pid ?? -1, url, stop: () => stopped(child) });
    });
  });
}

/** Starts a program that says nothing and is there once `asks` answers true; 10 s later it is given up. */
export async function startProgram(
  command: readonly string[],
  asks: () => Promise<boolean>,
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Omit<Child, 'url'>> {
  // What others' programs complain of, some of them for each call, would bury the report.
  const child = launch(command, { ...options, complaints: 'ignore' });
  child.stdout?.resume();
  let ended = false;
  child.once('exit', () => (ended = true)).once('error', () => (ended = true));
  const deadline = Date.now() + 10_000;
  while (!ended && Date.now() < deadline) {
    if (await asks()) return { pid: child.pid ?? -1, stop: () => stopped(child) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (!ended) await stopped(child);
  throw new Error(`${command.join(' ')} did not come up`);
}

/** Whether anything at all answers HTTP there. */
export async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

interface LaunchOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where stderr goes. */
  readonly complaints?: 'inherit' | 'ignore';
}

function launch(
  [program = '', ...args]: readonly string[],
  { cwd, env, complaints = 'inherit' }: LaunchOptions = {},
): ChildProcess {
  return spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', complaints],
  });
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.removeAllListeners('exit').once('exit', () => resolve());
    child.kill();
  });
}
