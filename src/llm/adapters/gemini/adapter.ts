import type { Adapter } from '../adapter.js';
import { breakEvent, errorBody } from './errors.js';
import { hasEnd, isEmpty, readEvent, telling } from './events.js';
import { judgeEvent } from './judge-event.js';
import { judge } from './judge.js';
import { describeModel, listModels, readModels } from './models.js';
import { readUsage } from './usage.js';
import { wholeAnswers } from './whole-answers.js';

export const gemini: Adapter = {
  protocol: 'gemini',
  judge,
  judgeEvent,
  readEvent,
  isEmpty,
  telling,
  hasEnd,
  usageField: '"usageMetadata"',
  readUsage,
  wholeAnswers,
  errorBody,
  breakEvent,
  listModels,
  describeModel,
  readModels,
};
