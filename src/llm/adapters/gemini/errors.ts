import type { KeywheelError } from '../../../kernel/errors.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Fault } from '../../conversation/reply.js';
import { readFault as readStatus } from './fault.js';

/** https://cloud.google.com/apis/design/errors#handling_errors */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
  // Anthropic's word for an overload.
  529: 'UNAVAILABLE',
};

/** google.rpc.Code: these are kept where the upstream used them. */
const WORDS: ReadonlySet<string> = new Set([
  ...Object.values(STATUSES),
  'CANCELLED',
  'UNKNOWN',
  'ALREADY_EXISTS',
  'FAILED_PRECONDITION',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'DATA_LOSS',
]);

function statusWord(status: number): string {
  return STATUSES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');
}

/** What an upstream's answer with an error says. @param body anything, possibly nothing */
export function readFault(status: number, body: string): Fault {
  const fault = readStatus(body);
  const message =
    fault.message || body.trim().slice(0, 1000) || `The upstream answered with status ${status}.`;
  return { status, message, ...(fault.status !== '' && { code: fault.status }) };
}

/** An upstream's fault in Google's envelope. */
export function writeFault({ status, message, code, param }: Fault, requestId: string): Fields {
  const word = code !== undefined && WORDS.has(code) ? code : statusWord(status);
  const metadata = {
    keywheel_code: 'upstream_error',
    request_id: requestId,
    ...(param !== undefined && { param }),
  };
  const details = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: code ?? 'UPSTREAM_ERROR',
      domain: 'keywheel',
      metadata,
    },
  ];
  const error = { code: status, message, status: word, details };
  return { error: { ...error, keywheel_code: 'upstream_error', request_id: requestId } };
}

export function errorBody(error: KeywheelError, requestId: string): object {
  const details: object[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: error.code.toUpperCase(),
      domain: 'keywheel',
      metadata: { keywheel_code: error.code, request_id: requestId },
    },
  ];
  if (error.retryAfterMs !== undefined) {
    const retryDelay = `${Math.max(1, Math.ceil(error.retryAfterMs / 1000))}s`;
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay });
  }
  const status = statusWord(error.status);
  const { code, message } = error;
  return {
    error: { code: error.status, message, status, details, keywheel_code: code, request_id: requestId },
  };
}

export function breakEvent(error: KeywheelError, requestId: string): string {
  return `data: ${JSON.stringify(errorBody(error, requestId))}\n\n`;
}
