import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Ended } from './gateway-process.ts';

const SCRIPT = join(import.meta.dirname, '../../../dist/rotate-master-key.js');

export interface RotationRun extends Ended {
  readonly output: string;
}

/**
 * Runs the rotation of the master key to its end, or kills it with SIGKILL as soon as it has printed so many
 * lines: the first comes before anything is written, then one follows each hundred keys.
 */
export function runRotation(
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
  killAfterLines = Infinity,
): Promise<RotationRun> {
  const child = spawn(process.execPath, [SCRIPT], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString('utf8');
    if (output.split('\n').length > killAfterLines) child.kill('SIGKILL');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, output }));
  });
}
