/** Room asked for in one bucket: what is declared, and what only the asking instance knows. */
export interface BucketAsk {
  /** Unique in its scope. */
  readonly name: string;
  readonly rpm?: number;
  readonly tpm?: number;
  readonly rpd?: number;
  readonly concurrency?: number;
  /** US dollars. */
  readonly budget?: number;
  /** Own calls in flight, this one included. */
  readonly inFlight: number;
  /** The running day of `rpd`. */
  readonly day?: string;
  /** Milliseconds until it is over. */
  readonly dayMs?: number;
  /** US dollars that this instance knows to be spent. */
  readonly spent?: number;
  /** What others are told this bucket is called when it is full; absent, they are not told. */
  readonly sign?: string;
}

/** What changes in a bucket without being asked for. Absent means nothing. */
export interface BucketChange {
  readonly name: string;
  readonly tokens?: number;
  readonly requests?: number;
  readonly day?: string;
  /** Calls of `day`. */
  readonly calls?: number;
  /** There were at least so many calls that day before. */
  readonly leastCalls?: number;
  /** Own calls that are in flight now; for a bucket that limits them. */
  readonly inFlight?: number;
  /** US dollars. */
  readonly dollars?: number;
  /** At least so many were spent before. */
  readonly leastDollars?: number;
}

/** Why a bucket has no room. Milliseconds from now; 0: that is not why. */
export interface Fullness {
  /** Until any call fits. */
  readonly full: number;
  /** Until this call's tokens fit. */
  readonly short: number;
  /** Too many calls are in flight: the end of one frees it. */
  readonly isBusy: boolean;
  readonly isSpent: boolean;
  /** Which limit takes the longest; empty where it is none of these. */
  readonly why: 'rpm' | 'tpm' | 'rpd' | '';
}

export type Reserved =
  | {
      readonly granted: true;
      /** In the state's own time; to be told when the reservation is changed. */
      readonly at: number;
      /** Per bucket: calls of the day, and dollars spent, by all instances. */
      readonly used: readonly { readonly calls: number; readonly spent: number }[];
    }
  | {
      readonly granted: false;
      readonly buckets: readonly Fullness[];
      /** Places of the probes that another instance has under way. */
      readonly probes: readonly number[];
      /** Signs of other buckets of the scope that are full, and for how many milliseconds. */
      readonly full: readonly (readonly [string, number])[];
    };
