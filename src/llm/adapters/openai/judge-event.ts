import { at, parseJson, textOf } from '../../../kernel/judging.js';
import { CALLER_FAULT, type Verdict } from '../../../kernel/verdict.js';
import { judge } from './judge.js';

/** The status that an error would have had, had it come before the stream. */
const STATUSES: Readonly<Record<string, number>> = {
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  slow_down: 429,
  insufficient_quota: 429,
  credit_balance_exhausted: 429,
  organization_spend_limit_exceeded: 429,
  project_spend_limit_exceeded: 429,
  organization_usage_limit_exceeded: 429,
  invalid_api_key: 401,
  authentication_error: 401,
  invalid_request_error: 400,
  invalid_prompt: 400,
  context_length_exceeded: 400,
  server_error: 500,
  server_is_overloaded: 503,
  service_unavailable_error: 503,
};

/**
 * What an event of a stream says where it is an error: `data: {"error": …}` of Chat Completions (OpenRouter's
 * carries the HTTP status as `code`), `error` and `response.failed` of Responses. Undefined for any other event.
 */
export function judgeEvent(data: string, now: number): Verdict | undefined {
  if (!data.includes('"error"') && !data.includes('"response.failed"')) return undefined;
  const event = parseJson(data);
  const error = errorOf(event);
  if (error === undefined) return undefined;
  const status = statusOf(error);
  const verdict = judge({ status, headers: {}, body: JSON.stringify({ error }), now });
  return verdict.blame === 'none' ? CALLER_FAULT : verdict;
}

/** The HTTP status that an error in a stream would have had before it; 500 where it does not tell. */
export function statusOf(error: unknown): number {
  const code = textOf(at(error, 'code'));
  return knownStatus(code) ?? knownStatus(textOf(at(error, 'type'))) ?? httpStatus(code) ?? 500;
}

function knownStatus(word: string): number | undefined {
  return Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
}

function errorOf(event: unknown): unknown {
  const type = at(event, 'type');
  if (type === 'error') return at(event, 'error') ?? event;
  if (type === 'response.failed') return at(event, 'response', 'error') ?? {};
  // Every event of Responses carries a type, and a good `response.*` one may hold `"error": null`.
  return type === undefined ? (at(event, 'error') ?? undefined) : undefined;
}

function httpStatus(code: string): number | undefined {
  return /^[45]\d\d$/.test(code) ? Number(code) : undefined;
}
