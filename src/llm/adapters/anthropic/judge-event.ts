import { at, parseJson, textOf } from '../../../kernel/judging.js';
import { CALLER_FAULT, type Verdict } from '../../../kernel/verdict.js';
import { judge } from './judge.js';

/** https://docs.anthropic.com/en/api/errors */
const STATUSES: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The status that an error of this type comes with; 500 for an unknown one. */
export function statusOfType(type: string): number {
  return STATUSES[type] ?? 500;
}

/** What `event: error` in a stream says; undefined for any other event. */
export function judgeEvent(data: string, now: number): Verdict | undefined {
  if (!data.includes('"error"')) return undefined;
  const event = parseJson(data);
  if (at(event, 'type') !== 'error') return undefined;
  const status = statusOfType(textOf(at(event, 'error', 'type')));
  const verdict = judge({ status, headers: {}, body: data, now });
  return verdict.blame === 'none' ? CALLER_FAULT : verdict;
}
