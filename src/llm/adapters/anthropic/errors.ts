import type { KeywheelError } from '../../../kernel/errors.js';
import { at, parseJson, textOf } from '../../../kernel/judging.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Fault } from '../../conversation/reply.js';

/** https://docs.anthropic.com/en/api/errors */
const TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

function typeOf(status: number): string {
  return TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

export function errorBody(error: KeywheelError, requestId: string): object {
  return {
    type: 'error',
    error: {
      type: typeOf(error.status),
      message: error.message,
      keywheel_code: error.code,
      ...(isThreadless(error) && { details: NO_THREADS }),
    },
    request_id: requestId,
  };
}

/** With it the official SDKs send the whole conversation again, and without a thread from then on. */
const NO_THREADS = { error_code: 'thread_unsupported_request', unsupported: ['model'] };

function isThreadless({ code, param }: KeywheelError): boolean {
  return code === 'untranslatable' && param === 'thread';
}

/** Characters of an answer that is no error of Anthropic's shape; enough to see what it is. */
const LONGEST_TEXT = 1000;

/** `{type: "error", error: {type, message}}`; anything else is taken as the message. */
export function readFault(status: number, body: string): Fault {
  const error = at(parseJson(body), 'error');
  const message = textOf(at(error, 'message')) || textOf(error) || body.trim().slice(0, LONGEST_TEXT);
  const code = textOf(at(error, 'type'));
  return { status, message: message || `The upstream answered ${status}.`, ...(code !== '' && { code }) };
}

/** What another upstream said, in Anthropic's envelope. */
export function writeFault({ status, message }: Fault, requestId: string): Fields {
  return {
    type: 'error',
    error: { type: typeOf(status), message, keywheel_code: 'upstream_error' },
    request_id: requestId,
  };
}

export function breakEvent(error: KeywheelError, requestId: string): string {
  return `event: error\ndata: ${JSON.stringify(errorBody(error, requestId))}\n\n`;
}
