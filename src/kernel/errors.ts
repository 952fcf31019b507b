/** How loudly a failure is logged. `info` is the caller's doing, `warn` the upstream's, `error` ours. */
export type ErrorLevel = 'info' | 'warn' | 'error';

interface ErrorKind {
  readonly status: number;
  readonly level: ErrorLevel;
  /** Short, constant text for problem+json's `title`. */
  readonly title: string;
}

/**
 * Every failure that Keywheel itself reports: the stable machine code, and the HTTP status it travels with.
 * Callers see the code as `keywheel_code`; codes are never renamed.
 */
export const ERRORS = {
  bad_request: { status: 400, level: 'info', title: 'Bad request' },
  validation_failed: { status: 400, level: 'info', title: 'Validation failed' },
  bad_path: { status: 400, level: 'info', title: 'Path not allowed' },
  bad_body: { status: 400, level: 'info', title: 'Body cannot be read' },
  model_missing: { status: 400, level: 'info', title: 'No model named' },
  translation_unavailable: { status: 400, level: 'info', title: 'Upstream speaks another protocol' },
  untranslatable: { status: 400, level: 'info', title: 'Upstream’s protocol cannot express it' },
  content_blocked: { status: 400, level: 'info', title: 'The provider withholds what was asked for' },
  media_unreachable: { status: 400, level: 'info', title: 'A URL in the request cannot be fetched' },
  missing_token: { status: 401, level: 'info', title: 'No access token' },
  invalid_token: { status: 401, level: 'info', title: 'Access token not valid' },
  expired_token: { status: 401, level: 'info', title: 'Access token expired' },
  ambiguous_token: { status: 401, level: 'info', title: 'Two different credentials' },
  forbidden: { status: 403, level: 'info', title: 'Not allowed' },
  out_of_scope: { status: 403, level: 'info', title: 'Outside the scope of the token' },
  address_not_allowed: { status: 403, level: 'info', title: 'Address not allowed' },
  not_found: { status: 404, level: 'info', title: 'Not found' },
  unknown_path: { status: 404, level: 'info', title: 'Unknown path' },
  unknown_upstream: { status: 404, level: 'info', title: 'Unknown upstream' },
  unknown_model: { status: 404, level: 'info', title: 'Unknown model' },
  method_not_allowed: { status: 405, level: 'info', title: 'Method not allowed' },
  request_timeout: { status: 408, level: 'info', title: 'Request not received in time' },
  conflict: { status: 409, level: 'info', title: 'Conflict' },
  body_too_large: { status: 413, level: 'info', title: 'Body too large' },
  unsupported_media_type: { status: 415, level: 'info', title: 'Media type not supported' },
  token_limit: { status: 429, level: 'info', title: 'Limit of the access token reached' },
  login_limit: { status: 429, level: 'info', title: 'Too many wrong logins' },
  no_key_free: { status: 429, level: 'warn', title: 'No key free' },
  client_gone: { status: 499, level: 'info', title: 'Client went away' },
  internal: { status: 500, level: 'error', title: 'Internal error' },
  upstream_broken: { status: 502, level: 'warn', title: 'Upstream broke' },
  upstream_refused: { status: 502, level: 'warn', title: 'Upstream address not allowed' },
  upstream_too_large: { status: 502, level: 'warn', title: 'Upstream’s answer too large' },
  draining: { status: 503, level: 'info', title: 'Shutting down' },
  overloaded: { status: 503, level: 'warn', title: 'More calls than can be served' },
  breaker_open: { status: 503, level: 'warn', title: 'Upstream is resting after failures' },
  unavailable: { status: 503, level: 'error', title: 'Not available' },
  upstream_timeout: { status: 504, level: 'warn', title: 'Upstream took too long' },
  loop_detected: { status: 508, level: 'warn', title: 'Upstream leads back here' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorExtras {
  /** Milliseconds until a repeat may succeed; the edge rounds it up to whole seconds of `Retry-After`. */
  readonly retryAfterMs?: number;
  /** The field or parameter that is at fault. */
  readonly param?: string;
  /** More faults of the same kind, for problem+json's `errors`. */
  readonly faults?: readonly { readonly path: string; readonly message: string }[];
  readonly cause?: unknown;
}

/**
 * The one error class of the product. The message is for the person who called and holds no secret.
 * The edge renders it in the caller's protocol. Only what operators have to look at knows where it was made: the others
 * are answers, of which there may be thousands a second, and to write down the stack takes longer than to refuse.
 */
export class KeywheelError extends Error {
  readonly status: number;
  readonly level: ErrorLevel;
  readonly retryAfterMs: number | undefined;
  readonly param: string | undefined;
  readonly faults: ErrorExtras['faults'];

  constructor(
    readonly code: ErrorCode,
    message: string,
    extras: ErrorExtras = {},
  ) {
    const { status, level } = ERRORS[code];
    const usual = Error.stackTraceLimit;
    if (level !== 'error') Error.stackTraceLimit = 0;
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause });
    Error.stackTraceLimit = usual;
    this.name = 'KeywheelError';
    this.status = status;
    this.level = level;
    this.retryAfterMs = extras.retryAfterMs;
    this.param = extras.param;
    this.faults = extras.faults;
  }
}

/** Whatever was thrown, as the class that the edge can render; unknown faults say nothing of their insides. */
export function toKeywheelError(thrown: unknown): KeywheelError {
  if (thrown instanceof KeywheelError) return thrown;
  return new KeywheelError('internal', 'Something went wrong inside Keywheel.', { cause: thrown });
}
