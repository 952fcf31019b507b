import type { Judge } from '../kernel/verdict.js';
import type { ReplyRules } from './plan.js';

/** Plain HTTP: the answer flows as it comes, and nothing in it is looked at. */
export function httpRules(judge: Judge): ReplyRules {
  return {
    judge,
    hold: () => 'nothing',
    watch: () => undefined,
    breakEvent: () => '',
  };
}
