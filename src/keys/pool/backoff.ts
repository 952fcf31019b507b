import type { Rest } from './pool-state.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The pool's own interval where an upstream gave no hint: `first` doubles with each rest in a row, up to `most`. */
interface Growth {
  readonly first: number;
  readonly most: number;
}

const COOLING: Growth = { first: SECOND, most: 10 * MINUTE };
/** Quota or credit that is gone does not come back within seconds. */
const EXHAUSTED: Growth = { first: 10 * MINUTE, most: 24 * 60 * MINUTE };
/** Time for a check to confirm that a refused key is invalid. */
const UNCONFIRMED: Growth = { first: MINUTE, most: 60 * MINUTE };

export const UNCONFIRMED_REASON = 'unconfirmed';

/** No rest is longer; a hint beyond it is a mistake. Spend limits turn with the month. */
const LONGEST = 32 * 24 * 60 * MINUTE;
const MOST_JITTER = 0.1;

/** Milliseconds of the `streak`th rest in a row (from 1), with up to 10 % of jitter. */
export function ownInterval(
  status: Rest['status'],
  reason: string,
  streak: number,
  random: () => number,
): number {
  const growth = reason === UNCONFIRMED_REASON ? UNCONFIRMED : status === 'exhausted' ? EXHAUSTED : COOLING;
  const plain = Math.min(growth.most, growth.first * 2 ** Math.min(streak - 1, 30));
  return Math.round(plain * (1 + MOST_JITTER * random()));
}

/**
 * When a rest that the upstream asked for ends. Cooling gets up to 10 % of jitter, so that keys told the same
 * thing do not come back in one instant; a quota's reset is a time of the calendar and stays exact.
 */
export function hintedEnd(status: Rest['status'], until: number, now: number, random: () => number): number {
  const asked = Math.min(until, now + LONGEST);
  if (status === 'exhausted') return asked;
  return Math.ceil(asked + (asked - now) * MOST_JITTER * random());
}
