import { at } from '../../../kernel/judging.js';
import type { WholeAnswers } from '../adapter.js';
import { isNone } from '../none.js';

/** No blocks and no reason why. https://docs.anthropic.com/en/api/messages */
export const wholeAnswers: WholeAnswers = {
  messages: {
    endField: '"stop_reason"',
    saysNothing: (answer) => {
      const content = at(answer, 'content');
      return Array.isArray(content) && content.length === 0 && isNone(at(answer, 'stop_reason'));
    },
  },
};
