import { at, parseJson, textOf } from '../../../kernel/judging.js';
import type { Adapter, EventFacts, StreamEvent } from '../adapter.js';
import { lastObject } from '../json-part.js';
import { isNone } from '../none.js';
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
/** Items of Responses that say nothing when they are added. */
const UNFILLED = new Set(['message', 'reasoning']);
const ENDED = new Set(['chat', 'completions', 'responses']);

/** Says that nothing follows, and nothing of the answer. */
const DONE: EventFacts = { ends: true };
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

/**
 * Chat Completions begin with a chunk that names the role alone, Azure's with one of no choices; Responses with items
 * and parts that are still to be filled. None of it comes from the model.
 */
export function isEmpty({ event, data }: StreamEvent): boolean {
  if (event !== undefined && event !== 'message') return isUnfilled(event, data);
  // Nearly always this tells, and the whole event need not be parsed.
  if (!isEmptyDelta(lastObject(data, '"delta"'))) return false;
  const choices = at(parseJson(data), 'choices');
  return Array.isArray(choices) && choices.every(isEmptyChoice);
}

function isUnfilled(event: string, data: string): boolean {
  if (event === 'response.content_part.added') return true;
  return event === 'response.output_item.added' && UNFILLED.has(textOf(at(parseJson(data), 'item', 'type')));
}

function isEmptyChoice(choice: unknown): boolean {
  if (!isNone(at(choice, 'finish_reason')) || !isNone(at(choice, 'text'))) return false;
  return isEmptyDelta(at(choice, 'delta'));
}

function isEmptyDelta(delta: unknown): boolean {
  if (typeof delta !== 'object' || delta === null) return isNone(delta);
  return Object.entries(delta).every(([field, value]) => field === 'role' || isNone(value));
}

/** Of `[DONE]` and of all counts, such as `completion_tokens`. */
const CHAT_TELLS = ['DONE]', 'kens"'] as const;

export const telling: Adapter['telling'] = { chat: CHAT_TELLS, completions: CHAT_TELLS };

export function hasEnd(operation: string): boolean {
  return ENDED.has(operation);
}
