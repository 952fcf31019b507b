import { at, parseJson } from '../../../kernel/judging.js';
import type { Adapter, EventFacts, StreamEvent } from '../adapter.js';
import { lastObject } from '../json-part.js';
import { usageOf } from './usage.js';

const BEGUN: EventFacts = { begins: true };
const NOTHING: EventFacts = {};

/**
 * `message_start` and `ping` carry nothing of the answer: an overload often shows right behind them.
 * https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function readEvent({ event, data }: StreamEvent): EventFacts {
  switch (event) {
    case 'ping':
      return NOTHING;
    case 'message_start':
      return { usage: usageIn(data) };
    case 'message_delta':
      return { begins: true, usage: usageIn(data) };
    case 'message_stop':
      return { ends: true };
    default:
      return BEGUN;
  }
}

/** A block of text or thinking begins empty; of a tool's call it begins with the name. */
export function isEmpty({ event, data }: StreamEvent): boolean {
  if (event !== 'content_block_start') return false;
  const block = at(parseJson(data), 'content_block');
  return at(block, 'text') === '' || at(block, 'thinking') === '';
}

/** Of `message_start`, `message_delta` and `message_stop`. */
export const telling: Adapter['telling'] = { messages: ['ge_'] };

export function hasEnd(operation: string): boolean {
  return operation === 'messages';
}

function usageIn(data: string): EventFacts['usage'] {
  const usage = lastObject(data, '"usage"');
  return usage && usageOf(usage);
}
