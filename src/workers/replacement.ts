import { BOOT_FAULT_EXIT_CODE } from '../config/boot-fault.js';

/** A worker that lived for less than this has died at once. */
export const AT_ONCE_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** Deaths at once in a row, with no other worker that serves, after which there is no sense in going on. */
const HOPELESS = 5;

export interface Death {
  /** Exit code; undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly livedMs: number;
  /** How many with its number died at once before it, in a row. */
  readonly before: number;
  /** Whether it had started. */
  readonly wasReady: boolean;
  /** Whether another worker serves. */
  readonly othersServe: boolean;
}

/** `exit`: all is over, with this code. Else another one starts after `waitMs`; `deaths` were at once in a row. */
export type Replacement = { readonly exit: number } | { readonly waitMs: number; readonly deaths: number };

/** What becomes of a worker's place when it has ended without being asked to. */
export function replacementFor({ code, livedMs, before, wasReady, othersServe }: Death): Replacement {
  const deaths = wasReady && livedMs >= AT_ONCE_MS ? 0 : before + 1;
  if (!othersServe && !wasReady) {
    // The environment does not get better by trying again.
    if (code === BOOT_FAULT_EXIT_CODE) return { exit: code };
    if (deaths >= HOPELESS) return { exit: code || 1 };
  }
  return {
    deaths,
    waitMs: deaths === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (deaths - 1)),
  };
}
