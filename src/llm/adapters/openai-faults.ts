import type { Fields } from '../conversation/dialect.js';
import type { Fault } from '../conversation/reply.js';

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

/** What an upstream said, in OpenAI's envelope. */
export function writeFault({ status, message, code, param }: Fault, requestId: string): Fields {
  return {
    error: {
      message,
      type: errorType(status),
      param: param ?? null,
      code: code ?? null,
      keywheel_code: 'upstream_error',
      request_id: requestId,
    },
  };
}
