import { EFFORTS, type Effort, type Thinking } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import {
  isFields,
  optionalFields,
  optionalFlag,
  optionalNumber,
  optionalText,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';

/** Fields that `readThinking` reads. */
export const THINKING_FIELDS = [
  'reasoning_effort',
  'reasoning',
  'include_reasoning',
  'thinking',
  'enable_thinking',
  'thinking_budget',
] as const;

/**
 * How hard to think, in the words of OpenAI (`reasoning_effort`), OpenRouter (`reasoning`), DeepSeek and Anthropic
 * (`thinking`), Qwen (`enable_thinking`) and Google's compatible layer (`thinking_config`). More than one may say
 * something; the first one counts.
 * @throws KeywheelError bad_body
 */
export function readThinking(body: Fields): Thinking | undefined {
  const effort = readEffort(body.reasoning_effort, 'reasoning_effort');
  const said: Thinking = {
    ...readSwitches(body),
    ...readAnthropic(body.thinking),
    ...readGoogle(body),
    ...readOpenRouter(body),
    ...(effort && { effort }),
  };
  return Object.keys(said).length > 0 ? said : undefined;
}

/** Groq's `default` and a null leave it to the provider. https://console.groq.com/docs/reasoning */
function readEffort(value: unknown, param: string): Effort | undefined {
  const word = optionalText(value, param);
  if (word === undefined || word === 'default' || word === 'auto') return undefined;
  return (
    EFFORTS.find((one) => one === word.toLowerCase()) ?? malformed(`${param} '${word}' is not known.`, param)
  );
}

/** https://openrouter.ai/docs/use-cases/reasoning-tokens */
function readOpenRouter(body: Fields): Thinking {
  const included = optionalFlag(body.include_reasoning, 'include_reasoning');
  const reasoning = optionalFields(body.reasoning, 'reasoning');
  if (!reasoning) return included === undefined ? {} : { shown: included };
  const effort = readEffort(reasoning.effort, 'reasoning.effort');
  const budget = optionalNumber(reasoning.max_tokens, 'reasoning.max_tokens');
  const enabled = optionalFlag(reasoning.enabled, 'reasoning.enabled');
  const shown = optionalFlag(reasoning.exclude, 'reasoning.exclude') !== true;
  if (enabled === false) return { effort: 'none' };
  if (effort === undefined && budget === undefined) return enabled ? { effort: 'medium', shown } : { shown };
  return { ...(effort && { effort }), ...(budget !== undefined && { budget }), shown };
}

/** https://api-docs.deepseek.com/guides/thinking_mode, https://docs.claude.com/en/docs/build-with-claude/extended-thinking */
function readAnthropic(value: unknown): Thinking {
  if (typeof value === 'boolean') return value ? { adaptive: true } : { budget: 0 };
  const thinking = optionalFields(value, 'thinking');
  if (!thinking) return {};
  if (thinking.type === 'disabled') return { budget: 0 };
  const budget = optionalNumber(thinking.budget_tokens, 'thinking.budget_tokens');
  return budget === undefined ? { adaptive: true } : { budget };
}

/** https://help.aliyun.com/en/model-studio/deep-thinking */
function readSwitches(body: Fields): Thinking {
  const enabled = optionalFlag(body.enable_thinking, 'enable_thinking');
  const budget = optionalNumber(body.thinking_budget, 'thinking_budget');
  if (enabled === false) return { budget: 0 };
  if (budget !== undefined) return { budget };
  return enabled ? { adaptive: true } : {};
}

/** https://ai.google.dev/gemini-api/docs/openai#thinking */
function readGoogle(body: Fields): Thinking {
  const extra = isFields(body.extra_body) ? body.extra_body : body;
  const config = isFields(extra.google) ? extra.google.thinking_config : undefined;
  const thinking = optionalFields(config, 'extra_body.google.thinking_config');
  if (!thinking) return {};
  const param = 'extra_body.google.thinking_config';
  const budget = optionalNumber(thinking.thinking_budget, `${param}.thinking_budget`);
  const level = readEffort(thinking.thinking_level, `${param}.thinking_level`);
  const shown = optionalFlag(thinking.include_thoughts, `${param}.include_thoughts`);
  return {
    ...(budget !== undefined && { budget }),
    ...(level && { effort: level }),
    ...(shown !== undefined && { shown }),
  };
}

/** What `extra_body` and `google` say beyond thinking. */
export function otherGoogleFields(body: Fields): Fields {
  const said: Record<string, unknown> = {};
  for (const name of ['extra_body', 'google'] as const) {
    const rest = withoutThinking(body[name], name === 'extra_body');
    if (rest !== undefined) said[name] = rest;
  }
  return said;
}

function withoutThinking(value: unknown, nested: boolean): unknown {
  if (!isFields(value)) return value ?? undefined;
  const { [nested ? 'google' : 'thinking_config']: inner, ...rest } = value;
  const left = nested ? withoutThinking(inner, false) : undefined;
  const whole = left === undefined ? rest : { ...rest, google: left };
  return Object.keys(whole).length > 0 ? whole : undefined;
}
