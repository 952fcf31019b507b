/** What one call leaves behind. Made once, when the call has ended; read by recorder, log and metrics. */
export interface CallRecord {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly method: string;
  /** Path without query. */
  readonly path: string;
  /** `chat`, `messages`, `generateContent`, `embeddings`, `models`, `proxy` …: the operation, a small set. */
  readonly operation: string;
  readonly tokenId: string | undefined;
  readonly upstream: string | undefined;
  readonly model: string | undefined;
  /** The key of the last attempt. */
  readonly keyId: string | undefined;
  /** What the client got; 499 when it left. */
  readonly status: number;
  /** `ok`, or the stable code of what went wrong, e.g. `no_key_free`, `upstream_error`, `stream_broken`. */
  readonly outcome: string;
  readonly streamed: boolean;
  readonly attempts: number;
  /** Whether the last attempt was good. It is counted with the call; the others are recorded as they end. */
  readonly goodAttempt: boolean;
  /** Milliseconds, fractions allowed. */
  readonly durationMs: number;
  /** Until the first byte of the answer's body left; undefined where none did. */
  readonly firstByteMs: number | undefined;
  readonly waitedMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
}

/** An attempt of a call that was in vain, recorded when it has ended. */
export interface AttemptRecord {
  readonly upstream: string;
  readonly keyId: string;
  /** The verdict's. */
  readonly reason: string;
}
