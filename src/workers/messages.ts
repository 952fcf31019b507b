/*
 * What the primary and its workers tell each other over node:cluster's channel. Other messages pass there too, so
 * each of ours carries the mark.
 */

/** What a worker can be asked by the others; `changes` asks it to apply what was written to the database. */
export type Topic = 'metrics' | 'health' | 'changes';

/** One worker's answer; absent where it did not answer in time and never has. */
export interface Answer {
  /** Its number, from 1; one that replaces another takes over its number. */
  readonly worker: number;
  readonly pid: number;
  /** Whether it has started. */
  readonly isReady: boolean;
  readonly value?: unknown;
}

export interface Answers {
  /** In order of their numbers. */
  readonly workers: readonly Answer[];
  /** What workers that are gone have left behind. */
  readonly remains?: unknown;
}

export type ToPrimary =
  | { readonly keywheel: 'ready'; readonly url: string; readonly adminUrl: string }
  | { readonly keywheel: 'ask'; readonly id: number; readonly topic: Topic }
  | { readonly keywheel: 'told'; readonly id: number; readonly topic: Topic; readonly value: unknown };

export type ToWorker =
  | { readonly keywheel: 'drain' }
  | { readonly keywheel: 'tell'; readonly id: number; readonly topic: Topic }
  | { readonly keywheel: 'answers'; readonly id: number; readonly answers: Answers };

export function isOurs(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'keywheel' in message;
}

/** The variable by which the primary tells a worker its number. */
export const WORKER_NUMBER = 'KW_WORKER_NUMBER';
