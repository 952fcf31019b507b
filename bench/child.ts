import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export interface Child {
  readonly pid: number;
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts a script of this folder that prints its URL on a line of its own. */
export function startChild(
  script: string,
  args: readonly string[],
  prefix: readonly string[],
): Promise<Child> {
  const [command = process.execPath, ...rest] = [
    ...prefix,
    process.execPath,
    join(import.meta.dirname, script),
    ...args,
  ];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      const url = /^http:\/\/\S+/m.exec(chunk.toString())?.[0];
      if (url !== undefined) resolve({ pid: child.pid ?? -1, url, stop: () => stopped(child) });
    });
  });
}

function stopped(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.removeAllListeners('exit').once('exit', () => resolve());
    child.kill();
  });
}
