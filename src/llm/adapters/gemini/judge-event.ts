import { parseJson } from '../../../kernel/judging.js';
import { CALLER_FAULT, type Verdict } from '../../../kernel/verdict.js';
import { at } from '../../../kernel/judging.js';
import { faultOf } from './fault.js';
import { judge } from './judge.js';

/** google.rpc.Code by its HTTP status, for bodies that name no number. */
const STATUSES: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** What `data: {"error": …}` in a stream says; undefined for any other event. */
export function judgeEvent(data: string, now: number): Verdict | undefined {
  if (!data.includes('"error"')) return undefined;
  const event = parseJson(data);
  const error = at(Array.isArray(event) ? event[0] : event, 'error');
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, status: name } = faultOf(event);
  const status = code >= 400 && code < 600 ? code : (STATUSES[name] ?? 500);
  const verdict = judge({ status, headers: {}, body: data, now });
  return verdict.blame === 'none' ? CALLER_FAULT : verdict;
}
