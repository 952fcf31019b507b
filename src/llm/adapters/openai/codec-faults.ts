import type { Fields } from '../../conversation/dialect.js';
import type { Fault } from '../../conversation/reply.js';
import { at, parseJson, textOf } from '../../../kernel/judging.js';
import { errorType } from './errors.js';
import { faultOf } from './fault.js';
import { statusOf } from './judge-event.js';

/** What an answer with an error's status says. @param body may be anything, or empty */
export function readFault(status: number, body: string): Fault {
  return faultIn(parseJson(body) ?? body, status);
}

/** What `data: {"error": …}` in a stream says, with the status that it would have had before it. */
export function readStreamFault(event: unknown): Fault {
  const error = at(event, 'error') ?? event;
  return faultIn(event, statusOf(error));
}

function faultIn(parsed: unknown, status: number): Fault {
  const { message, type, code } = faultOf(parsed);
  const word = code === '' || code === String(status) ? type : code;
  const param = textOf(at(parsed, 'error', 'param'));
  return {
    status,
    message: message === '' ? `The upstream answered with status ${status}.` : message,
    ...(word !== '' && { code: word }),
    ...(param !== '' && { param }),
  };
}

/** The envelope of `errors.ts`, for what the upstream said. */
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
