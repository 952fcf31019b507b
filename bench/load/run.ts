import { execFile } from 'node:child_process';
import { onOtherCores } from '../machine/cores.ts';

/** Runs a load generator beside the upstream and answers what it printed. */
export function runBesideUpstream(command: readonly string[]): Promise<string> {
  const [program = '', ...args] = [...onOtherCores, ...command];
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 1e7 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout),
    );
  });
}
