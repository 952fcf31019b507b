import type { Feature } from './feature.ts';
import { ANSWERS } from './features/answers.ts';
import { BIG_NUMBERS } from './features/big-numbers.ts';
import { CACHES } from './features/caches.ts';
import { COUNTING } from './features/counting.ts';
import { ENDINGS, FAILURES } from './features/failures.ts';
import { FINISHES, USAGES } from './features/finishes.ts';
import { LOOPS } from './features/loops.ts';
import { MEDIA } from './features/media.ts';
import { MESSAGES } from './features/messages.ts';
import { SETTING_FEATURES } from './features/settings.ts';
import { SPOKEN_ANSWERS, SPOKEN_QUESTIONS } from './features/spoken.ts';
import { TOOL_ROUNDS } from './features/tool-rounds.ts';
import { OUTPUTS, TOOLS } from './features/tools.ts';

/** The one list of what is measured, in the order of the table. */
export const FEATURES: readonly Feature[] = [
  ...MESSAGES,
  ...SETTING_FEATURES,
  ...CACHES,
  ...MEDIA,
  ...SPOKEN_QUESTIONS,
  ...TOOLS,
  ...TOOL_ROUNDS,
  ...BIG_NUMBERS,
  ...OUTPUTS,
  ...ANSWERS,
  ...SPOKEN_ANSWERS,
  ...FINISHES,
  ...LOOPS,
  ...USAGES,
  ...COUNTING,
  ...FAILURES,
  ...ENDINGS,
];
