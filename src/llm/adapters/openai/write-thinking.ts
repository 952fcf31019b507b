import type { Effort, Thinking } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import { budgetOf, effortOf, isThoughtless } from '../../conversation/thinking.js';
import type { Quirks } from './quirks.js';

/** Models of OpenAI that do not think and refuse to be asked to. */
const PLAIN = /(^|\/)(gpt-3|gpt-4|chatgpt-4)/;
/** Models that always think: https://platform.openai.com/docs/guides/reasoning */
const O_SERIES = /(^|\/)o\d/;
const GPT_5_0 = /(^|\/)gpt-5(-|$)/;

/** How hard to think, in the words of the upstream. */
export function writeThinking(
  thinking: Thinking | undefined,
  { model, notes }: { readonly model: string; readonly notes: Notes },
  quirks: Quirks,
): Fields {
  if (!thinking) return {};
  switch (quirks.thinking) {
    case 'reasoning':
      return writeOpenRouter(thinking);
    case 'switch':
      return writeSwitch(thinking);
    case 'budget':
      return writeBudget(thinking);
    case 'effort':
      break;
  }
  if (PLAIN.test(model)) {
    if (!isThoughtless(thinking)) notes.dropped('thinking');
    return {};
  }
  const effort = effortOf(thinking);
  return effort === undefined ? {} : { reasoning_effort: nearest(effort, model) };
}

/** The least that the model knows stands for what it does not. */
function nearest(effort: Effort, model: string): Effort {
  if (O_SERIES.test(model) && (effort === 'none' || effort === 'minimal')) return 'low';
  return GPT_5_0.test(model) && effort === 'none' ? 'minimal' : effort;
}

/** https://openrouter.ai/docs/use-cases/reasoning-tokens */
function writeOpenRouter(thinking: Thinking): Fields {
  const { effort, budget, shown } = thinking;
  const exclude = shown === false ? { exclude: true } : {};
  if (isThoughtless(thinking)) return { reasoning: { effort: 'none' } };
  if (effort !== undefined) return { reasoning: { effort, ...exclude } };
  if (budget !== undefined && budget > 0) return { reasoning: { max_tokens: budget, ...exclude } };
  const asked = thinking.adaptive || budget === -1;
  return asked
    ? { reasoning: { enabled: true, ...exclude } }
    : shown === undefined
      ? {}
      : { reasoning: { ...exclude } };
}

/** https://api-docs.deepseek.com/guides/thinking_mode */
function writeSwitch(thinking: Thinking): Fields {
  if (isThoughtless(thinking)) return { thinking: { type: 'disabled' } };
  return budgetOf(thinking) === undefined ? {} : { thinking: { type: 'enabled' } };
}

/** https://docs.siliconflow.cn/en/api-reference/chat-completions/chat-completions */
function writeBudget(thinking: Thinking): Fields {
  const budget = budgetOf(thinking);
  if (budget === undefined) return {};
  if (budget === 0) return { enable_thinking: false };
  return { enable_thinking: true, ...(budget > 0 && { thinking_budget: Math.min(budget, 32_768) }) };
}
