/** What a model of Anthropic takes and refuses; requests are written so that it need not refuse. */
export interface ClaudeModel {
  /** Tokens an answer may have at most. */
  readonly maxOutput: number;
  /** It can think. */
  readonly thinks: boolean;
  /** It takes `thinking: {type: "adaptive"}` and `output_config.effort`. */
  readonly adaptive: boolean;
  /** It takes `thinking: {type: "enabled", budget_tokens}`. */
  readonly budgets: boolean;
  /** Thinking can be switched off. */
  readonly canRest: boolean;
  /** It takes `thinking: {type: "between_tools"}`, the least it can do where thinking cannot be switched off. */
  readonly betweenTools: boolean;
  /** It takes the effort `xhigh`. */
  readonly xhigh: boolean;
  /** What it takes of temperature and top_p: both, one of them, or none, and no top_k then either. */
  readonly sampling: 'both' | 'either' | 'none';
  /** It takes `thinking.display`. */
  readonly hides: boolean;
  /** It takes `tool_choice` of `any` and `tool`. */
  readonly forcedTools: boolean;
  /** It takes `output_config.format` and strict tools. */
  readonly structured: boolean;
  /** It takes messages of the role `system` between others. */
  readonly midSystem: boolean;
}

const OLDEST: ClaudeModel = {
  maxOutput: 8192,
  thinks: false,
  adaptive: false,
  budgets: false,
  canRest: true,
  betweenTools: false,
  xhigh: false,
  sampling: 'both',
  hides: true,
  forcedTools: true,
  structured: false,
  midSystem: false,
};
const BUDGETS: ClaudeModel = { ...OLDEST, thinks: true, budgets: true };
const V45: ClaudeModel = { ...BUDGETS, maxOutput: 64_000, structured: true, sampling: 'either' };
const V46: ClaudeModel = { ...V45, maxOutput: 128_000, adaptive: true };
const V47: ClaudeModel = { ...V46, budgets: false, sampling: 'none', xhigh: true };
const V48: ClaudeModel = { ...V47, midSystem: true };
const ALWAYS_THINKING: ClaudeModel = { ...V48, canRest: false };
const UNFORCED: ClaudeModel = { ...ALWAYS_THINKING, forcedTools: false };

/**
 * By family, the first that fits. Sources: https://platform.claude.com/docs/en/about-claude/models/overview (output),
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking and …/adaptive-thinking (which kind of
 * thinking; models from 4.7 on refuse budgets and sampling parameters),
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs (from 4.5 and Opus 4.1 on),
 * https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages (with
 * https://github.com/langchain-ai/langchainjs/releases/tag/@langchain%2Fanthropic@1.5.13 for later models), and the
 * catalogue of Vercel's provider, https://github.com/vercel/ai/tree/main/packages/anthropic.
 */
const FAMILIES: readonly (readonly [RegExp, ClaudeModel])[] = [
  [/claude-sonnet-5-5/, { ...UNFORCED, betweenTools: true }],
  [/claude-opus-5-5/, UNFORCED],
  [/claude-haiku-5-5/, V48],
  [/claude-(fable|mythos)-5-[12]/, UNFORCED],
  [/claude-mythos-preview/, { ...ALWAYS_THINKING, budgets: true, midSystem: false }],
  [/claude-(fable|mythos)-5/, ALWAYS_THINKING],
  [/claude-(opus-5|opus-4-8|sonnet-5)/, V48],
  [/claude-opus-4-7/, V47],
  [/claude-(opus|sonnet)-4-6/, V46],
  [/claude-(opus|sonnet|haiku)-4-5/, V45],
  [/claude-opus-4-1/, { ...V45, maxOutput: 32_000 }],
  [/claude-sonnet-4/, { ...BUDGETS, maxOutput: 64_000 }],
  [/claude-opus-4/, { ...BUDGETS, maxOutput: 32_000 }],
  [/claude-3-7/, { ...BUDGETS, maxOutput: 64_000 }],
  [/claude-3-5/, OLDEST],
  [/claude-(3|2|v2|instant)/, { ...OLDEST, maxOutput: 4096 }],
  // A family that came after this list: newer ones have kept the rules of 4.7.
  [/claude-/, { ...V47, midSystem: false }],
];

/**
 * Others who speak Anthropic's protocol (Moonshot, DeepSeek, MiniMax …) took it over at the time of budgets:
 * https://api-docs.deepseek.com/guides/anthropic_api
 */
const OTHERS: ClaudeModel = { ...BUDGETS, hides: false };

/** @param model as the upstream names it, with a vendor's prefix or a date or without */
export function claudeModel(model: string): ClaudeModel {
  const name = model.toLowerCase();
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? OTHERS;
}
