import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBesideUpstream } from './run.ts';
import { chat } from './shot.ts';

/** Calls that come at a rate, independent of how fast they are answered. */
export interface Arrivals {
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** A second. */
  readonly rate: number;
  /** Then a client hangs up. */
  readonly patienceMs: number;
  readonly body: string;
}

/** What became of them. Times are milliseconds. */
export interface Fates {
  readonly sentPerSecond: number;
  readonly goodPerSecond: number;
  /** Those that got a 503. */
  readonly refusedPerSecond: number;
  readonly goodP50: number;
  readonly goodP99: number;
  readonly refusedP50: number;
  readonly refusedP99: number;
  /** As the first refused call got it. */
  readonly retryAfter?: string;
  /** Answers other than 200 and 503. */
  readonly otherwise: number;
  /** Connections that ended before the answer. */
  readonly broken: number;
  /** Calls whose client gave up. */
  readonly late: number;
  /** Calls for which the generator had no connection left. */
  readonly unsent: number;
}

/** An open loop from a process of its own; 2 s of patience without another word. */
export async function fireOpenLoop(
  aim: Pick<Arrivals, 'target' | 'headers' | 'seconds' | 'rate'> & Partial<Arrivals>,
): Promise<Fates> {
  const folder = mkdtempSync(join(tmpdir(), 'keywheel-load-'));
  const file = join(folder, 'arrivals.json');
  try {
    writeFileSync(file, JSON.stringify({ patienceMs: 2000, body: chat(), ...aim }));
    const script = join(import.meta.dirname, 'open-loop-child.ts');
    return JSON.parse(await runBesideUpstream([process.execPath, script, file])) as Fates;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
