import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installed, onOtherCores } from './cores.ts';

export interface Shot {
  readonly requestsPerSecond: number;
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 2xx, and connections that broke. */
  readonly errors: number;
}

const CONNECTIONS = 64;

/** One kilobyte of an ordinary chat. */
export const BODY = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'y'.repeat(940) }],
  temperature: 0.2,
});

export const GENERATOR = installed('wrk') ? 'wrk' : 'autocannon';

/** Load from a process of its own for that many seconds. */
export function fire(
  target: string,
  headers: Readonly<Record<string, string>>,
  seconds: number,
): Promise<Shot> {
  return GENERATOR === 'wrk' ? fireWrk(target, headers, seconds) : fireAutocannon(target, headers, seconds);
}

function run(command: readonly string[]): Promise<string> {
  const [program = '', ...args] = [...onOtherCores, ...command];
  return new Promise((resolve, reject) => {
    execFile(program, args, { maxBuffer: 1e7 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stderr}`)) : resolve(stdout),
    );
  });
}

async function fireWrk(
  target: string,
  headers: Readonly<Record<string, string>>,
  seconds: number,
): Promise<Shot> {
  const file = join(mkdtempSync(join(tmpdir(), 'keywheel-wrk-')), 'post.lua');
  const set = Object.entries({ 'content-type': 'application/json', ...headers }).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  );
  writeFileSync(file, ['wrk.method = "POST"', `wrk.body = ${JSON.stringify(BODY)}`, ...set].join('\n'));
  const told = await run([
    'wrk',
    '-t1',
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    '--latency',
    '-s',
    file,
    target,
  ]);
  const number = (pattern: RegExp) => Number(pattern.exec(told)?.[1] ?? 0);
  const socketErrors = [.../(?:connect|read|write|timeout) (\d+)/g[Symbol.matchAll](told)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return {
    requestsPerSecond: number(/Requests\/sec:\s+([\d.]+)/),
    requests: number(/(\d+) requests in/),
    p50: milliseconds(/\s50%\s+([\d.]+)(us|ms|s)/.exec(told)),
    p99: milliseconds(/\s99%\s+([\d.]+)(us|ms|s)/.exec(told)),
    errors: number(/Non-2xx or 3xx responses: (\d+)/) + socketErrors,
  };
}

function milliseconds(match: RegExpExecArray | null): number {
  const factor = { us: 0.001, ms: 1, s: 1000 }[match?.[2] ?? 'ms'] ?? 1;
  return Number(match?.[1] ?? Number.NaN) * factor;
}

async function fireAutocannon(
  target: string,
  headers: Readonly<Record<string, string>>,
  seconds: number,
): Promise<Shot> {
  const args = [target, JSON.stringify(headers), String(seconds), String(CONNECTIONS), BODY];
  return JSON.parse(
    await run([process.execPath, join(import.meta.dirname, 'load-autocannon.mjs'), ...args]),
  ) as Shot;
}
