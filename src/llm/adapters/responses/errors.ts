import { at, parseJson, textOf } from '../../../kernel/judging.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Fault } from '../../conversation/reply.js';

/** The status that an error in a stream would have had, had it come before. */
const STATUSES: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  invalid_request_error: 400,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  server_is_overloaded: 503,
};

/** What an answer with an error's status says. @param body may be anything, or empty */
export function readFault(status: number, body: string): Fault {
  return faultIn(parseJson(body) ?? body, status);
}

/** An `error` event, flat or nested as it comes at times, or the error of a response that failed. */
export function readStreamFault(event: Fields): Fault {
  const error = at(event, 'error') ?? event;
  const word = textOf(at(error, 'code'));
  const status = STATUSES[word] ?? STATUSES[textOf(at(error, 'type'))] ?? 500;
  return faultIn({ error }, status);
}

function faultIn(parsed: unknown, status: number): Fault {
  const inner = at(parsed, 'error');
  const error = typeof inner === 'object' && inner !== null ? inner : parsed;
  const texts = [at(error, 'message'), inner, at(error, 'detail'), parsed].map(textOf);
  const message = texts.find((text) => text !== '') ?? `The upstream answered with status ${status}.`;
  const type = textOf(at(error, 'type'));
  const code = textOf(at(error, 'code')) || (type === 'error' ? '' : type);
  const param = textOf(at(error, 'param'));
  return { status, message, ...(code !== '' && { code }), ...(param !== '' && { param }) };
}
