import type { KeywheelError } from '../../../kernel/errors.js';

/** https://platform.openai.com/docs/guides/error-codes: the SDK picks its error class by the status alone. */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

export function errorType(status: number): string {
  return TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');
}

export function errorBody(error: KeywheelError, requestId: string): object {
  const { code, message, param, status } = error;
  const type = errorType(status);
  return { error: { message, type, param: param ?? null, code, keywheel_code: code, request_id: requestId } };
}

/** Chat Completions throw on an `error` field; Responses know an `error` event. */
export function breakEvent(error: KeywheelError, requestId: string, operation: string): string {
  if (operation !== 'responses') return `data: ${JSON.stringify(errorBody(error, requestId))}\n\n`;
  const event = {
    type: 'error',
    code: error.code,
    message: error.message,
    param: null,
    // Clients ask for a number; how many events have passed is not counted for this one.
    sequence_number: 0,
    request_id: requestId,
  };
  return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
}
