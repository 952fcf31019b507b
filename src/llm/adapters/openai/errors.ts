import type { KeywheelError } from '../../../kernel/errors.js';
import { at, parseJson, textOf } from '../../../kernel/judging.js';
import type { Fault } from '../../conversation/reply.js';
import { errorType } from '../openai-faults.js';
import { faultOf } from './fault.js';
import { statusOf } from './judge-event.js';

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
