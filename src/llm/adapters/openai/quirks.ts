/** What one of the many who speak Chat Completions takes, beyond what all of them take. */
export interface Quirks {
  /** How the limit of the answer's length is called. */
  readonly maxTokens: 'max_completion_tokens' | 'max_tokens';
  /** Knows the role `developer`, and texts as lists of parts in every message. */
  readonly developer: boolean;
  readonly textLists: boolean;
  /** How it is told to think. */
  readonly thinking: 'effort' | 'reasoning' | 'switch' | 'budget';
  /** In which field it takes its own thoughts back; `none`: it refuses messages that have one. */
  readonly thoughts: 'none' | 'reasoning_content' | 'reasoning' | 'reasoning_details';
  /** How text is marked for its cache. */
  readonly cache: 'none' | 'prompt_cache_breakpoint' | 'cache_control';
  readonly user: 'safety_identifier' | 'user' | 'none';
  readonly cacheKey: boolean;
  /** `stream_options` is known; those who do not know it send the counts anyway. */
  readonly streamOptions: boolean;
  readonly topK: boolean;
  /** Free-text tools, and `allowed_tools`. */
  readonly customTools: boolean;
  readonly allowedTools: boolean;
  readonly webSearch: 'web_search_options' | 'plugins' | 'none';
  readonly video: boolean;
  /** Images in the answer. */
  readonly imageOutput: boolean;
  /** The form that an id of a call must have. */
  readonly callIds: 'short' | 'nine';
  /** Google's signatures may be given to it. https://ai.google.dev/gemini-api/docs/thought-signatures */
  readonly googleSignatures: boolean;
}

/** Somebody who took over the protocol as it was early: only what nearly everybody knows. */
const LIKE_OPENAI: Quirks = {
  maxTokens: 'max_tokens',
  developer: false,
  textLists: false,
  thinking: 'effort',
  thoughts: 'none',
  cache: 'none',
  user: 'user',
  cacheKey: false,
  streamOptions: true,
  topK: false,
  customTools: false,
  allowedTools: false,
  webSearch: 'none',
  video: false,
  imageOutput: false,
  callIds: 'short',
  googleSignatures: false,
};

/** https://platform.openai.com/docs/api-reference/chat/create */
const OPENAI: Quirks = {
  ...LIKE_OPENAI,
  maxTokens: 'max_completion_tokens',
  developer: true,
  textLists: true,
  cache: 'prompt_cache_breakpoint',
  user: 'safety_identifier',
  cacheKey: true,
  customTools: true,
  allowedTools: true,
  webSearch: 'web_search_options',
};

/** By the preset's name. */
const BY_PRESET: Readonly<Record<string, Quirks>> = {
  openai: OPENAI,
  'azure-openai': OPENAI,
  // https://openrouter.ai/docs/api-reference/overview, …/use-cases/reasoning-tokens, …/features/prompt-caching
  openrouter: {
    ...LIKE_OPENAI,
    textLists: true,
    thinking: 'reasoning',
    thoughts: 'reasoning_details',
    cache: 'cache_control',
    topK: true,
    webSearch: 'plugins',
    video: true,
    imageOutput: true,
  },
  // https://api-docs.deepseek.com/guides/thinking_mode
  deepseek: { ...LIKE_OPENAI, thinking: 'switch', thoughts: 'reasoning_content', user: 'none' },
  // https://console.groq.com/docs/reasoning
  groq: { ...LIKE_OPENAI, thoughts: 'reasoning' },
  // https://docs.mistral.ai/api/: unknown fields are refused.
  mistral: { ...LIKE_OPENAI, user: 'none', streamOptions: false, callIds: 'nine' },
  // https://docs.x.ai/docs/guides/reasoning
  xai: { ...LIKE_OPENAI, thoughts: 'reasoning_content' },
  together: { ...LIKE_OPENAI, topK: true },
  // https://docs.siliconflow.cn/en/api-reference/chat-completions/chat-completions
  siliconflow: {
    ...LIKE_OPENAI,
    thinking: 'budget',
    thoughts: 'reasoning_content',
    user: 'none',
    topK: true,
  },
  // https://docs.ollama.com/api/openai-compatibility
  ollama: { ...LIKE_OPENAI, thoughts: 'reasoning' },
  // https://docs.vllm.ai/en/latest/features/reasoning_outputs.html
  vllm: { ...LIKE_OPENAI, thoughts: 'reasoning_content', topK: true, video: true },
};

/** Nobody knows who it is, so nothing is held back that only some refuse. */
const UNKNOWN: Quirks = {
  ...LIKE_OPENAI,
  customTools: true,
  webSearch: 'web_search_options',
  video: true,
  imageOutput: true,
  googleSignatures: true,
};

/** @param preset as of `WriteContext` */
export function quirksOf(preset: string): Quirks {
  return Object.hasOwn(BY_PRESET, preset) ? BY_PRESET[preset]! : UNKNOWN;
}
