// The global of that name is a getter, which costs each call several times.
import { performance } from 'node:perf_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessToken } from '../access/access-token.js';
import type { TokenReservation } from '../access/gate.js';
import type { KeywheelError } from '../kernel/errors.js';
import { newRequestId } from '../kernel/ids.js';
import type { Protocol } from '../kernel/protocol.js';
import type { Upstream } from '../upstreams/upstream.js';

/** Tokens as the provider counted them. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  /** Of the input, read from the provider's prompt cache. */
  readonly cached: number;
}

/** What is under way for a call, and ends early with it. */
export interface Stoppable {
  stop(): void;
}

/**
 * One request of a client, from its first byte to the end of the answer. Made once per request; every part of
 * the data plane reads it, and notes in it what happened, for the log line and the statistics at its end.
 */
export class Call {
  readonly id = newRequestId();
  /** Epoch milliseconds. */
  readonly startedAt = Date.now();
  /** Its place among the open calls, for OpenCalls alone. */
  place = -1;
  /** Whose envelope an error wears; the entry knows it from the path. */
  protocol: Protocol = 'http';
  /** The operation in one word, for statistics. */
  operation = 'unknown';
  token: AccessToken | undefined;
  /** Room held under the token's limits. */
  reservation: TokenReservation | undefined;
  upstream: Upstream | undefined;
  /** A digest of the conversation it belongs to, where its client named one. */
  conversation: string | undefined;
  model: string | undefined;
  keyId: string | undefined;
  /** Of its body, as BodyRoom counts them. */
  heldBytes = 0;
  attempts = 0;
  /** Whether the last attempt was judged good. */
  goodAttempt = false;
  waitedMs = 0;
  streamed = false;
  usage: Usage | undefined;
  /** `ok`, or the stable word for what went wrong. */
  outcome = 'ok';
  /** What the client was told, where it was an error of ours. */
  error: KeywheelError | undefined;
  /** Why it ended before its answer was complete: the client closed its connection, or time to drain is up. */
  stopped: 'gone' | 'draining' | undefined;
  firstByteMs: number | undefined;
  private readonly startedMono = performance.now();
  private stopper: Stoppable | undefined;
  private controller: AbortController | undefined;

  constructor(
    readonly req: IncomingMessage,
    readonly res: ServerResponse,
    /** Path as it came, without the query. */
    readonly path: string,
    /** Query as it came, without the question mark. */
    readonly query: string,
    /** Address of the client, as far as trusted proxies tell it. */
    readonly ip: string,
  ) {
    res.on('close', () => this.closed());
  }

  elapsedMs(): number {
    return performance.now() - this.startedMono;
  }

  firstByteLeft(): void {
    this.firstByteMs ??= this.elapsedMs();
  }

  /** What to stop when the call ends early; one thing at a time, the attempt that is under way. */
  onStop(stopper: Stoppable | undefined): void {
    this.stopper = stopper;
    if (this.stopped) stopper?.stop();
  }

  /** For parts that take a signal; made when first asked for, since most calls need none. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.stopped) this.controller.abort();
    return this.controller.signal;
  }

  stop(why: 'gone' | 'draining'): void {
    if (this.stopped) return;
    this.stopped = why;
    this.stopper?.stop();
    this.controller?.abort();
  }

  private closed(): void {
    if (!this.res.writableFinished) this.stop('gone');
  }
}
