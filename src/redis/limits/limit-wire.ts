import type { BucketAsk, BucketChange, Fullness, Reserved } from './bucket-ask.js';

type Granted = [1, [number, string][]];
type Refused = [0, [number, number, number, number, string][], number[], string[]];

/** What the script answers to a batch of requests. */
export type Answers = [1, number, (Granted | Refused)[]] | Emptied;

/** Redis was empty: the new epoch, and how old it is in milliseconds. */
export type Emptied = [2, string, number];

/** One bucket of a request, in the order in which the script reads it. */
export function pushAsk(args: (string | number)[], ask: BucketAsk): void {
  args.push(
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
  );
}

/** @param at when the reservation was made that is changed; 0: nothing is taken back */
export function pushChange(args: (string | number)[], change: BucketChange, at: number): void {
  args.push(
    Math.ceil(change.tokens ?? 0),
    change.requests ?? 0,
    change.day ?? '',
    change.calls ?? 0,
    change.leastCalls ?? 0,
    change.inFlight ?? -1,
    change.dollars ?? 0,
    change.leastDollars ?? 0,
    change.name,
    at,
  );
}

/** @param now the state's own time, epoch ms */
export function readAnswer(answer: Granted | Refused, now: number): Reserved {
  return answer[0] === 1 ? granted(answer, now) : refused(answer, now);
}

function granted([, used]: Granted, now: number): Reserved {
  return { granted: true, at: now, used: used.map(([calls, spent]) => ({ calls, spent: Number(spent) })) };
}

function refused([, buckets, probes, listed]: Refused, now: number): Reserved {
  const full: [string, number][] = [];
  for (let at = 0; at + 1 < listed.length; at += 2) full.push([listed[at]!, Number(listed[at + 1]) - now]);
  return { granted: false, buckets: buckets.map(fullness), probes, full };
}

function fullness([full, short, stuck, , why]: Refused[1][number]): Fullness {
  return { full, short, isBusy: stuck === 1, isSpent: stuck === 2, why: why as Fullness['why'] };
}
