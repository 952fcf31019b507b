import type { ReplyRules } from '../proxy/plan.js';
import type { Adapter } from './adapters/adapter.js';
import type { AnswerListener } from './answer-listener.js';
import { AnswerWatch } from './answer-watch.js';
import { StreamWatch } from './stream-watch.js';
import { TextWatch } from './text-watch.js';

const made = new Map<Adapter, Map<string, ReplyRules>>();

/** See `makeRules`; made once for each operation, of which there are few, and where somebody listens for each call. */
export function replyRules(adapter: Adapter, operation: string, listener?: AnswerListener): ReplyRules {
  if (listener) return makeRules(adapter, operation, listener);
  let ofAdapter = made.get(adapter);
  if (!ofAdapter) made.set(adapter, (ofAdapter = new Map<string, ReplyRules>()));
  let rules = ofAdapter.get(operation);
  if (!rules) ofAdapter.set(operation, (rules = makeRules(adapter, operation)));
  return rules;
}

/**
 * How the engine handles answers of this protocol that pass unchanged: events are held until the first real
 * one, JSON is held whole, and anything else (audio, images, files) flows.
 */
function makeRules(adapter: Adapter, operation: string, listener?: AnswerListener): ReplyRules {
  const streamsJson = operation === 'streamGenerateContent';
  const facts = adapter.wholeAnswers[operation];
  // Servers that name no type at all are taken for what they should be.
  const isWhole = (contentType: string) =>
    !streamsJson && (isJson(contentType) || (contentType === '' && facts !== undefined));
  return {
    judge: adapter.judge,
    hold(contentType) {
      if (isEvents(contentType)) return 'event';
      // Gemini streams a JSON array where the client did not ask for events.
      return isWhole(contentType) ? 'whole' : 'nothing';
    },
    watch(contentType) {
      if (isEvents(contentType)) return new StreamWatch(adapter, operation, listener);
      if (isWhole(contentType) && (facts || listener)) return new AnswerWatch(adapter, facts, listener);
      return isJson(contentType) ? new TextWatch(adapter) : undefined;
    },
    breakEvent: (error, requestId) => `\n\n${adapter.breakEvent(error, requestId, operation)}`,
  };
}

function isEvents(contentType: string): boolean {
  return contentType.startsWith('text/event-stream');
}

function isJson(contentType: string): boolean {
  return contentType.startsWith('application/json');
}
