/**
 * What an upstream's answer says: who is to blame, what it does to the key, and whether to try again.
 * Blame and retry are two questions; answering both with one list of statuses is what disables good keys.
 */
export type Blame =
  /** The call succeeded. */
  | 'none'
  /** The request is at fault: passed on, never repeated, no key suffers. */
  | 'caller'
  /** This key is at fault. */
  | 'key'
  /** A limit of the key's quota group is used up. */
  | 'quota'
  /** How the account or network is set up: an operator has to act. */
  | 'setup'
  /** The provider is at fault: its breaker counts it, no key suffers. */
  | 'upstream'
  /** Nothing was learned: the client left, or we shut down, before an answer came. */
  | 'unknown';

/** What the verdict does to a key. */
export interface KeyEffect {
  readonly to: 'cooling' | 'exhausted' | 'invalid';
  /** Who shares the effect: this key alone, or all keys of its quota group (a key without one is alone). */
  readonly share: 'key' | 'group';
  /** Whether it holds for the called model only, or for every model. */
  readonly models: 'this' | 'all';
  /** Epoch milliseconds. Without it the pool takes its own growing interval. */
  readonly until?: number;
  /**
   * For `invalid`: out of rotation at once, but `invalid` only after a check has confirmed it.
   */
  readonly confirm?: boolean;
}

export interface Verdict {
  readonly blame: Blame;
  /** Stable machine word for logs, `reason` of a key, and metrics, e.g. `rate_limited`. */
  readonly reason: string;
  readonly effect?: KeyEffect;
  /**
   * `next_key`: fast failure of this key, go on with another within the call's deadline.
   * `attempt`: slow failure of the upstream, another attempt within the retry budget where a repeat is safe.
   */
  readonly retry: 'no' | 'next_key' | 'attempt';
  /**
   * Says nothing of keys: no other key of this upstream will do better, but another upstream or model may. The request
   * is too long for this one, it has not the model, or no connection to it can be made. A call that has another target
   * goes there, at once or after its attempts; else the client is told.
   */
  readonly elsewhere?: boolean;
}

/** The upstream failed, and would have with any key. */
export function failsForAllKeys({ blame, elsewhere }: Verdict): boolean {
  return blame === 'upstream' && elsewhere === true;
}

export const OK: Verdict = Object.freeze({ blame: 'none', reason: 'ok', retry: 'no' });
export const CALLER_FAULT: Verdict = Object.freeze({ blame: 'caller', reason: 'caller_fault', retry: 'no' });

/** The head and the (bounded) body of an upstream's answer, as a judge sees it. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The first bytes of an error's body as text; empty where there was none. */
  readonly body: string;
  /** When the head of the answer arrived, epoch milliseconds. */
  readonly now: number;
}

/** A pure table from an answer to a verdict, one per protocol. */
export type Judge = (answer: Answer) => Verdict;
