import type { Effort, Thinking } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import { effortOf, isThoughtless } from '../../conversation/thinking.js';

/** Models that do not think, and refuse to be asked to or for what they thought. */
const PLAIN = /(^|\/)(gpt-3|gpt-4|chatgpt-4|gpt-5(\.\d)?-chat)/;
/** Models that always think: https://platform.openai.com/docs/guides/reasoning */
const O_SERIES = /(^|\/)o\d/;
const GPT_5_0 = /(^|\/)gpt-5(-|$)/;

/** Whether the model may think at all. */
export function mayThink(model: string): boolean {
  return !PLAIN.test(model);
}

/** `reasoning`. @param summary the caller's own word for how thoughts are to be told */
export function writeThinking(
  thinking: Thinking | undefined,
  { model, notes }: { readonly model: string; readonly notes: Notes },
  summary: unknown,
): Fields {
  if (!thinking) return {};
  if (!mayThink(model)) {
    if (!isThoughtless(thinking)) notes.dropped('thinking');
    return {};
  }
  const effort = effortOf(thinking);
  const reasoning = {
    ...(effort !== undefined && { effort: nearest(effort, model) }),
    ...(isShown(thinking) && { summary: summary ?? 'auto' }),
  };
  return Object.keys(reasoning).length > 0 ? { reasoning } : {};
}

/** Who speaks of budgets, or leaves it to the model, sees thoughts unless they are hidden. */
function isShown(thinking: Thinking): boolean {
  if (thinking.shown !== undefined) return thinking.shown;
  return thinking.adaptive === true || (thinking.budget ?? 0) !== 0;
}

/** The least that the model knows stands for what it does not. */
function nearest(effort: Effort, model: string): Effort {
  if (O_SERIES.test(model) && (effort === 'none' || effort === 'minimal')) return 'low';
  return GPT_5_0.test(model) && effort === 'none' ? 'minimal' : effort;
}
