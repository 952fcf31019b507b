// Child processes that share our terminal, end with us and tell their exit code.
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

const env = { ...process.env, PATH: dirname(process.execPath) + delimiter + (process.env.PATH ?? '') };

/** The command-line program of an installed package, run by our own Node. */
export function bin(name) {
  const script = {
    tsc: 'typescript/bin/tsc',
    vitest: 'vitest/vitest.mjs',
    eslint: 'eslint/bin/eslint.js',
    prettier: 'prettier/bin/prettier.cjs',
    depcruise: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    knip: 'knip/bin/knip.js',
    nest: '@nestjs/cli/bin/nest.js',
    redocly: '@redocly/cli/bin/cli.js',
  }[name];
  return join(root, 'node_modules', script);
}

let interrupted = false;

/** Whether a person or a supervisor told us to end: whoever has more to start then leaves it. */
export function wasInterrupted() {
  return interrupted;
}

/** Runs a Node script; resolves to its exit code, 1 where a signal ended it that we did not pass on. */
export function run(script, args, extra = {}) {
  return runNode([script, ...args], extra);
}

export function runNode(args, extra = {}) {
  return spawned(process.execPath, args, extra);
}

/** npm itself, as it was called or as it is on the PATH, run by our own Node where its script is known. */
export function runNpm(args) {
  const npm = process.env.npm_execpath;
  if (npm) return runNode([npm, ...args]);
  return spawned('npm', args, { shell: process.platform === 'win32' });
}

function spawned(command, args, { env: more, ...options } = {}) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...env, ...more }, ...options });
  let told = false;
  const pass = (signal) => {
    told = true;
    interrupted = true;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code ?? (told ? 0 : 1));
    });
  });
}
