import type { BucketAsk, BucketChange, Reserved } from './bucket-ask.js';
import { askRow, changeRow } from './limit-wire.js';

/** Full buckets that one refusal lists. */
const PAGE = 256;

export interface Asking {
  /** Epoch ms of the caller's clock. */
  readonly now: number;
  /** Half-open rests that the call is to try out. */
  readonly probes?: readonly string[];
  /** Which part of the full buckets a refusal lists, from 0. */
  readonly page?: number;
}

export interface Changing {
  readonly now: number;
  /** When the reservation was made that is changed, as `reserve` told; 0: nothing is taken back. */
  readonly at?: number;
  /** Half-open rests that are not tried out any longer. */
  readonly probes?: readonly string[];
}

export interface Request {
  readonly buckets: readonly BucketAsk[];
  readonly tokens: number;
  readonly asking: Asking;
  rounds: number;
  readonly resolve: (reserved: Reserved) => void;
  readonly reject: (error: unknown) => void;
}

export interface Amendment {
  readonly changes: readonly BucketChange[];
  readonly changing: Changing;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** What one turn of the event loop wants of a scope. */
export class LimitBatch {
  readonly amendments: Amendment[] = [];
  readonly requests: Request[] = [];

  /** @param now in the time of the windows; 0: Redis's */
  constructor(readonly now: number) {}

  get size(): number {
    return this.amendments.length + this.requests.length;
  }

  /** Tells all. */
  fail(error: unknown): void {
    for (const { reject } of this.amendments) reject(error);
    for (const { reject } of this.requests) reject(error);
  }

  /**
   * As the script reads it.
   * @param keys get those of this scope, in the order in which the script meets them
   * @param base with which their names begin
   * @param name of the scope, for others
   */
  write(keys: string[], base: string, name: string, epoch: string | undefined): readonly unknown[] {
    const before = keys.length;
    keys.push(`${base}:epoch`, `${base}:full`);
    const changes: (string | number)[][] = [];
    for (const { changes: some, changing } of this.amendments) {
      for (const change of some) {
        pushBucket(keys, base, change.name, (change.inFlight ?? -1) >= 0);
        changes.push(changeRow(change, changing.at ?? 0));
      }
    }
    let ended = 0;
    for (const { changing } of this.amendments) ended += pushProbes(keys, base, changing.probes);
    const asked = this.requests.map(({ buckets, tokens, asking: { probes, page = 0 } }) => {
      for (const { name, concurrency = 0 } of buckets) pushBucket(keys, base, name, concurrency > 0);
      return [tokens, page * PAGE, pushProbes(keys, base, probes), buckets.map(askRow)];
    });
    return [this.now, name, epoch ?? '', changes, ended, asked, keys.length - before];
  }
}

/** All that there may be of a bucket: its counts, and its calls in flight. */
export function bucketKeys(base: string, name: string): [counts: string, inFlight: string] {
  return [`${base}:b:${name}`, `${base}:f:${name}`];
}

function pushBucket(keys: string[], base: string, name: string, countsInFlight: boolean): void {
  const [counts, inFlight] = bucketKeys(base, name);
  keys.push(counts);
  if (countsInFlight) keys.push(inFlight);
}

/** How many there are. */
function pushProbes(keys: string[], base: string, probes: readonly string[] = []): number {
  for (const probe of probes) keys.push(`${base}:p:${probe}`);
  return probes.length;
}
