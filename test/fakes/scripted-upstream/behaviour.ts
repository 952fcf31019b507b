/** How the scripted upstream treats one request. */
export const BEHAVIOURS = [
  'good',
  /** 401 in the provider's own words (Gemini: 401 UNAUTHENTICATED). */
  'unauthorized',
  /** The provider's word for a key that it does not know: Gemini's is a 400 with `API_KEY_INVALID`. */
  'invalid_key',
  'forbidden',
  /** Gemini's `CONSUMER_SUSPENDED`, which repeats the key three times; elsewhere a 403 that names the key. */
  'suspended',
  'rate_limited',
  /** Quota or credit gone: `insufficient_quota`, per-day quota, enforced spend limit. */
  'exhausted',
  'server_error',
  /** The prompt is longer than the model takes. */
  'context_too_long',
  /** There is no such model. */
  'unknown_model',
  /** The connection is reset before any byte of an answer. */
  'reset',
  /** No answer at all. */
  'silence',
  /** A 200 whose stream holds an error event; `after` events come before it. */
  'error_in_stream',
  'reset_in_stream',
  /** An orderly end of the body without the protocol's last event. */
  'early_end',
  'silence_in_stream',
  /** A good answer, one event every `delayMs`. */
  'slow',
  /** A good answer whose text repeats the key. */
  'echo_key',
] as const;

export type BehaviourKind = (typeof BEHAVIOURS)[number];

export interface Behaviour {
  readonly kind: BehaviourKind;
  /** Status of `server_error`; 500 without it. */
  readonly status?: number;
  /** Seconds of a `rate_limited` hint; without it the answer has none. */
  readonly retryAfter?: number;
  /** Events of a stream before it breaks. */
  readonly after?: number;
  /** Milliseconds between the events of `slow`, and before a stream breaks. */
  readonly delayMs?: number;
}

export type Scripted = Behaviour | BehaviourKind;

export function asBehaviour(scripted: Scripted): Behaviour {
  return typeof scripted === 'string' ? { kind: scripted } : scripted;
}

/** What a key does: first the script, one entry a request, then always the same. */
export interface KeyScript {
  readonly script?: readonly Scripted[];
  readonly then?: Scripted;
  /** Keys of one group share their limits, files and cached contents; a key without one is alone. */
  readonly group?: string;
}
