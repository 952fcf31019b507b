import { at, textOf } from '../../../kernel/judging.js';
import type { WholeAnswers } from '../adapter.js';
import { isNone } from '../none.js';

/** Fields of a choice that say nothing by themselves. */
const FRAME = new Set(['index', 'message', 'logprobs', 'role']);

/**
 * Chat Completions and Completions without choices, or whose choices hold nothing and do not say why; Responses without
 * items and status. Those that run in the background, or elsewhere (xAI's deferred ones have no choices at all), say so.
 */
export const wholeAnswers: WholeAnswers = {
  chat: { endField: '"finish_reason"', saysNothing: hasEmptyChoices },
  completions: { endField: '"finish_reason"', saysNothing: hasEmptyChoices },
  responses: {
    endField: '"status"',
    saysNothing: (answer) =>
      textOf(at(answer, 'status')) === '' &&
      isNone(at(answer, 'output')) &&
      at(answer, 'object') === 'response',
  },
};

function hasEmptyChoices(answer: unknown): boolean {
  const choices = at(answer, 'choices');
  return Array.isArray(choices) && choices.every(isEmptyChoice);
}

function isEmptyChoice(choice: unknown): boolean {
  return holdsNothing(choice) && holdsNothing(at(choice, 'message'));
}

function holdsNothing(fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null) return isNone(fields);
  return Object.entries(fields).every(([name, value]) => FRAME.has(name) || isNone(value));
}
