import { ERRORS, type ErrorCode, type KeywheelError } from './errors.js';

/** The envelope of plain HTTP and of the admin API: RFC 9457 `application/problem+json`. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  readonly keywheel_code: ErrorCode;
  readonly request_id: string;
  readonly errors?: { path: string; message: string }[];
}

export function problemOf(error: KeywheelError, instance: string, requestId: string): ProblemDetails {
  return {
    type: `urn:keywheel:problem:${error.code}`,
    title: ERRORS[error.code].title,
    status: error.status,
    detail: error.message,
    instance,
    keywheel_code: error.code,
    request_id: requestId,
    ...(error.faults && { errors: error.faults.map(({ path, message }) => ({ path, message })) }),
  };
}
