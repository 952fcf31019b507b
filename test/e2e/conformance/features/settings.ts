import type { Json } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import type { AskedFeature, PerDialect, UpstreamName } from '../feature.ts';

const config = (fields: Json) => ({ generationConfig: fields });

interface Setting {
  /** Absent: Settings. */
  readonly group?: string;
  readonly name: string;
  readonly says: PerDialect<Json>;
  readonly near?: string;
  /** As it is seen by an upstream; where absent, as its own callers say it. */
  readonly seen?: PerDialect<Json>;
  readonly mapped?: PerDialect<Json>;
  readonly models?: Partial<Record<UpstreamName, string>>;
}

const SETTINGS: readonly Setting[] = [
  {
    name: 'stop sequences',
    says: {
      chat: { stop: ['END'] },
      anthropic: { stop_sequences: ['END'] },
      gemini: config({ stopSequences: ['END'] }),
    },
  },
  {
    name: 'maximum tokens',
    says: {
      chat: { max_completion_tokens: 77 },
      responses: { max_output_tokens: 77 },
      anthropic: { max_tokens: 77 },
      gemini: config({ maxOutputTokens: 77 }),
    },
  },
  {
    name: 'temperature',
    says: {
      chat: { temperature: 0.3 },
      responses: { temperature: 0.3 },
      anthropic: { temperature: 0.3 },
      gemini: config({ temperature: 0.3 }),
    },
  },
  {
    name: 'temperature above 1',
    says: {
      chat: { temperature: 1.5 },
      responses: { temperature: 1.5 },
      gemini: config({ temperature: 1.5 }),
    },
    mapped: { anthropic: { temperature: 1 } },
  },
  {
    name: 'top_p',
    says: {
      chat: { top_p: 0.9 },
      responses: { top_p: 0.9 },
      anthropic: { top_p: 0.9 },
      gemini: config({ topP: 0.9 }),
    },
  },
  { name: 'top_k', says: { anthropic: { top_k: 20 }, gemini: config({ topK: 20 }) } },
  { name: 'seed', says: { chat: { seed: 7 }, gemini: config({ seed: 7 }) } },
  {
    name: 'presence and frequency penalty',
    says: {
      chat: { presence_penalty: 0.5, frequency_penalty: 0.25 },
      gemini: config({ presencePenalty: 0.5, frequencyPenalty: 0.25 }),
    },
  },
  {
    name: 'log probabilities',
    says: {
      chat: { logprobs: true, top_logprobs: 3 },
      responses: { include: ['message.output_text.logprobs'], top_logprobs: 3 },
      gemini: config({ responseLogprobs: true, logprobs: 3 }),
    },
  },
  { name: 'several answers (n)', says: { chat: { n: 2 }, gemini: config({ candidateCount: 2 }) } },
  {
    name: 'id of the end user',
    says: {
      chat: { safety_identifier: 'u1' },
      responses: { safety_identifier: 'u1' },
      anthropic: { metadata: { user_id: 'u1' } },
    },
  },
  {
    name: 'fields that only one protocol has',
    says: {
      chat: { logit_bias: { 50256: -100 } },
      responses: { truncation: 'auto' },
      anthropic: { container: 'container_1' },
      gemini: { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] },
    },
  },
  {
    group: 'Thinking',
    name: 'effort',
    says: {
      chat: { reasoning_effort: 'low' },
      responses: { reasoning: { effort: 'low' } },
      anthropic: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      gemini: config({ thinkingConfig: { thinkingLevel: 'LOW' } }),
    },
    models: {
      openai: 'gpt-5.1',
      anthropic: 'claude-opus-4-6',
      gemini: 'gemini-3-flash-preview',
      'vertex-express': 'gemini-3-flash-preview',
    },
  },
  {
    group: 'Thinking',
    name: 'effort, to models that take budgets',
    near: 'a budget of tokens that is usual for the effort',
    says: {
      chat: { reasoning_effort: 'low' },
      responses: { reasoning: { effort: 'low' } },
      anthropic: { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      gemini: config({ thinkingConfig: { thinkingLevel: 'LOW' } }),
    },
    seen: { chat: { reasoning_effort: 'low' }, responses: { reasoning: { effort: 'low' } } },
    mapped: {
      anthropic: { thinking: { type: 'enabled', budget_tokens: 1024 } },
      gemini: config({ thinkingConfig: { thinkingBudget: 1024 } }),
    },
    models: { openai: 'gpt-5.1' },
  },
  {
    group: 'Thinking',
    name: 'budget',
    near: 'the effort that comes nearest',
    says: {
      anthropic: { thinking: { type: 'enabled', budget_tokens: 2048 } },
      gemini: config({ thinkingConfig: { thinkingBudget: 2048 } }),
    },
    mapped: { chat: { reasoning_effort: 'low' }, responses: { reasoning: { effort: 'low' } } },
    models: { openai: 'gpt-5.1' },
  },
  {
    group: 'Thinking',
    name: 'off',
    says: {
      chat: { reasoning_effort: 'none' },
      responses: { reasoning: { effort: 'none' } },
      anthropic: { thinking: { type: 'disabled' } },
      gemini: config({ thinkingConfig: { thinkingBudget: 0 } }),
    },
    models: { openai: 'gpt-5.1' },
  },
  {
    group: 'Thinking',
    name: 'thoughts shown',
    near: 'the effort that comes nearest; Responses show summaries, Chat Completions of OpenAI nothing',
    says: {
      anthropic: { thinking: { type: 'enabled', budget_tokens: 2048 } },
      gemini: config({ thinkingConfig: { thinkingBudget: 2048, includeThoughts: true } }),
    },
    mapped: {
      chat: { reasoning_effort: 'low' },
      responses: { reasoning: { effort: 'low', summary: 'auto' } },
    },
    models: { openai: 'gpt-5.1' },
  },
];

export const SETTING_FEATURES: readonly AskedFeature[] = SETTINGS.map(
  ({ group = 'Settings', seen, ...setting }) => ({
    group,
    ...setting,
    seen: seen ?? setting.says,
  }),
);
