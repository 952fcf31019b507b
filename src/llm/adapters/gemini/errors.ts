import type { KeywheelError } from '../../../kernel/errors.js';

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
};

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
  const status = STATUSES[error.status] ?? (error.status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL');
  const { code, message } = error;
  return {
    error: { code: error.status, message, status, details, keywheel_code: code, request_id: requestId },
  };
}

export function breakEvent(error: KeywheelError, requestId: string): string {
  return `data: ${JSON.stringify(errorBody(error, requestId))}\n\n`;
}
