import type { IncomingHttpHeaders } from 'node:http';

/** One request as the upstream saw it. Filled in while it runs. */
export interface RecordedCall {
  readonly seq: number;
  /** Epoch milliseconds when the head had arrived. */
  readonly at: number;
  readonly protocol: string;
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  /** The key it carried; undefined when none or in the wrong place. */
  readonly key: string | undefined;
  behaviour: string;
  bodyBytes: number;
  bodySha256: string;
  /** The body as text where it was at most 64 KiB. */
  bodyText: string;
  status: number | undefined;
  /** Events or chunks of the answer written so far. */
  written: number;
  /** Epoch milliseconds when the peer left before the answer was complete. */
  abortedAt: number | undefined;
  /** Epoch milliseconds when the answer was complete or was broken off on purpose. */
  finishedAt: number | undefined;
  /** What the caller did wrong, in the upstream's eyes. */
  fault: string | undefined;
}

/** A request over a limit that the upstream truly enforces. */
export interface Violation {
  readonly at: number;
  readonly key: string;
  readonly group: string;
  readonly limit: 'rpm' | 'tpm' | 'rpd' | 'concurrency';
  readonly used: number;
  readonly allowed: number;
}
