import type { BucketAsk, BucketChange, Fullness, Reserved } from './bucket-ask.js';

/** Per bucket calls of the day and dollars spent, behind a 1. */
type Granted = [1, ...number[]];
type Told = [full: number, short: number, stuck: number, why: Fullness['why']];
type Refused = [0, Told[], Listed<number>, Listed<string>];
/** An empty list comes as an empty object. */
type Listed<T> = readonly T[] | Record<string, never>;
export type Dealt = Granted | Refused;

/** What the script answers of a scope whose requests were served, or which had none. */
export type Served = [1, now: number, answers?: Dealt[]];

/** Redis was empty: the new epoch, and how old it is in milliseconds. */
export type Emptied = [2, epoch: string, ageMs: number];

/** One bucket of a request, in the order in which the script reads it. */
export function askRow(ask: BucketAsk): (string | number)[] {
  return [
    ask.rpm ?? 0,
    ask.tpm ?? 0,
    ask.rpd ?? 0,
    ask.concurrency ?? 0,
    ask.inFlight,
    ask.day ?? '',
    Math.ceil(ask.dayMs ?? 0),
    ask.budget ?? 0,
    ask.spent ?? 0,
    ask.sign ?? '',
  ];
}

/** @param at when the reservation was made that is changed; 0: nothing is taken back */
export function changeRow(change: BucketChange, at: number): (string | number)[] {
  return [
    Math.ceil(change.tokens ?? 0),
    change.requests ?? 0,
    change.day ?? '',
    change.calls ?? 0,
    change.leastCalls ?? 0,
    change.inFlight ?? -1,
    change.dollars ?? 0,
    change.leastDollars ?? 0,
    at,
  ];
}

/** One per scope. */
export type Answers = readonly (Served | Emptied)[];

/** @throws SyntaxError where it is no answer of the script */
export function readAnswers(text: unknown): Answers {
  return JSON.parse(String(text)) as Answers;
}

/** @param now the state's own time, epoch ms */
export function readAnswer(answer: Dealt, now: number): Reserved {
  return answer[0] === 1 ? granted(answer, now) : refused(answer, now);
}

function granted([, ...told]: Granted, now: number): Reserved {
  const used: { calls: number; spent: number }[] = [];
  for (let at = 0; at < told.length; at += 2) used.push({ calls: told[at]!, spent: told[at + 1]! });
  return { granted: true, at: now, used };
}

function refused([, buckets, probes, listed]: Refused, now: number): Reserved {
  const full: [string, number][] = [];
  const signs = list(listed);
  for (let at = 0; at + 1 < signs.length; at += 2) full.push([signs[at]!, Number(signs[at + 1]) - now]);
  return { granted: false, buckets: list(buckets).map(fullness), probes: list(probes), full };
}

function list<T>(listed: Listed<T>): readonly T[] {
  return Array.isArray(listed) ? (listed as readonly T[]) : [];
}

function fullness([full, short, stuck, why]: Told): Fullness {
  return { full, short, isBusy: stuck === 1, isSpent: stuck === 2, why };
}
