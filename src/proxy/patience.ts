/** Nobody is taken for silent sooner, unless the time-out itself is shorter. */
const LEAST_MS = 1000;
/** A search for a key that answers may take so many times the time-out, and the least of each attempt. */
const WHOLE = 4;

export interface Search {
  /** The upstream's time-out for the first byte. */
  readonly fullMs: number;
  /** Attempts of this call that ended in silence. */
  readonly silences: number;
  /** What its attempts have taken so far. */
  readonly spentMs: number;
  /** Keys that it may still turn to, as far as is known. */
  readonly keysLeft: number;
}

/**
 * How long the next attempt of a call may be silent, in milliseconds. The first may take the whole time-out. A call
 * that has met silence has evidence that keys differ, so the next ones share what is left of four time-outs: each
 * gets half as long as the one before it, or an equal share where that is more. So a few silent keys leave time for
 * slow answers, and many do not make the call outlast its client.
 */
export function patienceMs({ fullMs, silences, spentMs, keysLeft }: Search): number {
  if (silences === 0) return fullMs;
  const share = (WHOLE * fullMs - spentMs) / Math.max(1, keysLeft);
  return Math.min(fullMs, Math.max(LEAST_MS, Math.ceil(share), Math.ceil(fullMs / 2 ** silences)));
}

/** When a search of so many attempts is over, in milliseconds spent in attempts. */
export function longestSearchMs(fullMs: number, attempts: number): number {
  return WHOLE * fullMs + attempts * Math.min(LEAST_MS, fullMs);
}
