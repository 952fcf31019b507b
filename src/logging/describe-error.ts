const MAX_DEPTH = 3;
/** Enough to find the place; a message may carry a whole statement. */
const MAX_TEXT = 4_000;

export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: DescribedError | string;
}

function codeOf(error: Error): string | number | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}

/**
 * An error as a line of the log may show it. Only these fields: drivers and HTTP clients hang whole
 * statements, parameters, headers and bodies on their errors.
 */
export function describeError(error: unknown, depth = 0): DescribedError | string {
  if (!(error instanceof Error)) return typeof error === 'string' ? error.slice(0, MAX_TEXT) : typeof error;
  const code = codeOf(error);
  return {
    type: error.name,
    message: error.message.slice(0, MAX_TEXT),
    ...(code !== undefined && { code }),
    ...(error.stack !== undefined && { stack: error.stack.slice(0, MAX_TEXT) }),
    ...(error.cause !== undefined && depth < MAX_DEPTH && { cause: describeError(error.cause, depth + 1) }),
  };
}
