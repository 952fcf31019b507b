import { at } from '../../../kernel/judging.js';
import type { WholeAnswers } from '../adapter.js';
import { isNone } from '../none.js';
import { isEmptyCandidate } from './events.js';

/**
 * No candidates and no word on the prompt, or candidates that hold nothing and do not say why. What is empty is left out.
 * https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 */
export const wholeAnswers: WholeAnswers = {
  generateContent: {
    endField: '"finishReason"',
    saysNothing: (answer) => {
      if (typeof answer !== 'object' || answer === null) return false;
      if (at(answer, 'error') !== undefined || !isNone(at(answer, 'promptFeedback'))) return false;
      const candidates = at(answer, 'candidates') ?? [];
      return (
        Array.isArray(candidates) &&
        candidates.every((one) => isNone(at(one, 'finishReason')) && isEmptyCandidate(one))
      );
    },
  },
};
