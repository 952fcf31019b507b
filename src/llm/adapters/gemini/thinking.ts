import type { Effort, Thinking } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import { budgetOf, effortOf, isThoughtless } from '../../conversation/thinking.js';
import { generationOf } from './model-facts.js';

/**
 * `thinkingConfig` for a model, by its name: Gemini 3 and later are told a level, Gemini 2.5 (and 3 Pro Image) a
 * budget; older models and those that draw or speak do not think, and refuse to hear of it.
 * https://ai.google.dev/gemini-api/docs/thinking#levels-budgets
 */
export function thinkingConfigOf(thinking: Thinking, model: string, notes: Notes): Fields | undefined {
  const generation = generationOf(model);
  if (generation < 2.5 || /-(tts|image|native-audio)\b/.test(model)) {
    if (!isThoughtless(thinking)) notes.dropped('thinking');
    return undefined;
  }
  const amount = generation >= 3 ? levelOf(thinking, model, notes) : budgetFor(thinking, model, notes);
  const shown = thinking.shown === undefined ? undefined : { includeThoughts: thinking.shown };
  return amount || shown ? { ...amount, ...shown } : undefined;
}

type Level = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';

const LEVELS: Readonly<Record<Effort, Level>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};

/** Thinking cannot be switched off: the least level comes nearest. */
function levelOf(thinking: Thinking, model: string, notes: Notes): Fields | undefined {
  const effort = effortOf(thinking);
  if (effort === undefined) return undefined;
  if (effort === 'none') notes.warn('changed:thinking');
  return { thinkingLevel: offered(LEVELS[effort], model) };
}

/** The level itself, or the next one that the model has. */
function offered(level: Level, model: string): Level {
  // 3 Pro knew low and high; https://ai.google.dev/gemini-api/docs/openai#thinking
  if (/gemini-3-pro/i.test(model) && level === 'MEDIUM') return 'HIGH';
  return level === 'MINIMAL' && !hasMinimal(model) ? 'LOW' : level;
}

/** Pro models, the moving alias of Flash, and Flash from 3.7 on begin at `LOW`. */
function hasMinimal(model: string): boolean {
  if (/-pro\b/i.test(model) || /gemini-flash-latest$/i.test(model)) return false;
  return !(/-flash\b/i.test(model) && !/-flash-lite\b/i.test(model) && generationOf(model) >= 3.7);
}

const PRO = { least: 128, most: 32_768, off: false };
const FLASH = { least: 0, most: 24_576, off: true };
const FLASH_LITE = { least: 512, most: 24_576, off: true };

function budgetFor(thinking: Thinking, model: string, notes: Notes): Fields | undefined {
  const budget = budgetOf(thinking);
  if (budget === undefined) return undefined;
  if (budget < 0) return { thinkingBudget: -1 };
  const { least, most, off } = /-pro\b/i.test(model)
    ? PRO
    : /-flash-lite\b/i.test(model)
      ? FLASH_LITE
      : FLASH;
  if (budget === 0 && off) return { thinkingBudget: 0 };
  if (budget === 0) notes.warn('changed:thinking');
  return { thinkingBudget: Math.min(Math.max(budget, least), most) };
}
