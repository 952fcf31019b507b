import type { EventFacts, StreamEvent } from '../adapter.js';
import { readUsage } from './usage.js';

/** Events of Responses after which nothing follows. https://platform.openai.com/docs/api-reference/responses-streaming */
const RESPONSE_ENDS = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);
/** Events of Responses that come before anything of the answer. */
const RESPONSE_BEGINNINGS = new Set(['response.created', 'response.queued', 'response.in_progress']);
const ENDED = new Set(['chat', 'completions', 'responses']);

const DONE: EventFacts = { begins: true, ends: true };
const BEGUN: EventFacts = { begins: true };
const NOTHING: EventFacts = {};

export function readEvent({ event, data }: StreamEvent): EventFacts {
  if (data === '[DONE]') return DONE;
  if (event !== undefined && RESPONSE_BEGINNINGS.has(event)) return NOTHING;
  if (event !== undefined && RESPONSE_ENDS.has(event))
    return { begins: true, ends: true, usage: readUsage(data) };
  if (!data.includes('"usage"')) return BEGUN;
  return { begins: true, usage: readUsage(data) };
}

export function hasEnd(operation: string): boolean {
  return ENDED.has(operation);
}
