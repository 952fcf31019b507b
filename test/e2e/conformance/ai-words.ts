import { anthropic } from '@ai-sdk/anthropic';
import { google } from '@ai-sdk/google';
import { openai } from '@ai-sdk/openai';
import { jsonSchema, Output, tool, type JSONSchema7, type ModelMessage, type ToolSet } from 'ai';
import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import type { AiAsk } from './ai-sdk.ts';
import { PDF, PNG, WAV } from './features/media.ts';
import { ANSWER, CITY, SCHEMA } from './features/tools.ts';

/** A feature in the words of the AI SDK: one for all of its providers, or one for each that can say it. */
export interface AiWords {
  readonly says?: AiAsk | Partial<Readonly<Record<Spoken, AiAsk>>>;
  /** Where only some of its providers can say or show it. */
  readonly only?: readonly Spoken[];
  /** What it shows; where absent, the short text. */
  readonly shows?: Json;
}

const ask = (...messages: ModelMessage[]): AiAsk => ({ messages });
const user = (content: string | readonly unknown[]) => ({ role: 'user', content }) as ModelMessage;
const assistant = (content: string | readonly unknown[]) => ({ role: 'assistant', content }) as ModelMessage;
const file = (mediaType: string, data: string) =>
  ask(user([{ type: 'file', mediaType, data, filename: 'a.pdf' }]));

const offered = (schema: Json, ...names: string[]): ToolSet =>
  Object.fromEntries(
    names.map((name) => [name, tool({ description: 'It does.', inputSchema: jsonSchema(schema) })]),
  );
const TWO = offered(CITY, 'weather', 'time');

const called = (id: string, toolName: string, city: string) => ({
  type: 'tool-call',
  toolCallId: id,
  toolName,
  input: { city },
});
const result = (id: string, toolName: string, output: unknown) => ({
  type: 'tool-result',
  toolCallId: id,
  toolName,
  output,
});
const told = (value: string) => ({ type: 'text', value });
const results = (...content: unknown[]) => ({ role: 'tool', content }) as ModelMessage;
const A = called('call_a', 'weather', 'Paris');
const B = called('call_b', 'time', 'Rome');
const RESULT_A = result('call_a', 'weather', told('21 degrees'));
const RESULT_B = result('call_b', 'time', told('noon'));
const HI = user('Hi');

const OBEYED = { finishReason: 'tool-calls', toolCalls: [{ toolName: 'time', input: { city: 'Rome' } }] };

/** Google's puts results into an object of its own making. */
const EXCEPT_GOOGLE: readonly Spoken[] = ['chat', 'responses', 'anthropic'];

/** By group and name. A feature that is not here has no words there. */
export const AI_WORDS: Readonly<Record<string, AiWords>> = {
  'Messages: text': {},
  'Messages: system': { says: { instructions: 'Be brief.' } },
  'Messages: several turns': { says: ask(user('One'), assistant('Two'), user('Three')) },
  'Messages: several parts in one message': {
    says: ask(
      user([
        { type: 'text', text: 'One' },
        { type: 'text', text: 'Two' },
      ]),
    ),
  },
  'Messages: instructions between messages': {
    only: ['chat', 'responses'],
    says: {
      allowSystemInMessages: true,
      messages: [user('One'), assistant('Two'), { role: 'system', content: 'Now in French.' }, user('Three')],
    },
  },
  'Messages: beginning of the answer given': { says: ask(user('One'), assistant('Tw')) },
  'Messages: emoji, line separators, control characters': {
    says: ask(user('👩‍👩‍👧 \u2028 \u0001 data: [DONE]\n\n')),
  },
  'Prompt caches: marks': {
    only: ['anthropic'],
    says: {
      instructions: {
        role: 'system',
        content: 'A long book.',
        providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } },
      },
    },
  },
  'Settings: stop sequences': { says: { stopSequences: ['END'] } },
  'Settings: maximum tokens': { says: { maxOutputTokens: 77 } },
  'Settings: temperature': { says: { temperature: 0.3 } },
  'Settings: temperature above 1': { says: { temperature: 1.5 } },
  'Settings: top_p': { says: { topP: 0.9 } },
  'Settings: top_k': { says: { topK: 20 } },
  'Settings: seed': { says: { seed: 7 } },
  'Settings: presence and frequency penalty': { says: { presencePenalty: 0.5, frequencyPenalty: 0.25 } },
  'Settings: log probabilities': {
    only: ['chat', 'responses'],
    says: { providerOptions: { openai: { logprobs: 3 } } },
  },
  'Settings: id of the end user': {
    says: {
      providerOptions: { openai: { safetyIdentifier: 'u1' }, anthropic: { metadata: { userId: 'u1' } } },
    },
  },
  'Prompt caches: key': { says: { providerOptions: { openai: { promptCacheKey: 'k1' } } } },
  'Thinking: effort': {
    only: ['chat', 'responses'],
    says: { providerOptions: { openai: { reasoningEffort: 'low', forceReasoning: true } } },
  },
  'Thinking: budget': {
    says: {
      providerOptions: {
        anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } },
        google: { thinkingConfig: { thinkingBudget: 2048 } },
      },
    },
  },
  'Thinking: off': {
    says: {
      providerOptions: {
        openai: { reasoningEffort: 'none', forceReasoning: true },
        anthropic: { thinking: { type: 'disabled' } },
        google: { thinkingConfig: { thinkingBudget: 0 } },
      },
    },
  },
  'Thinking: thoughts shown': {
    says: {
      providerOptions: {
        anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } },
        google: { thinkingConfig: { thinkingBudget: 2048, includeThoughts: true } },
      },
    },
  },
  'Media: image, base64': { says: file('image/png', PNG) },
  'Media: PDF, base64': { says: file('application/pdf', PDF) },
  'Media: audio, base64': { says: file('audio/wav', WAV) },
  'Media: video, base64': { only: ['gemini'], says: file('video/mp4', WAV) },
  'Tools: JSON Schema in full (anyOf, $ref, enum, null, nesting)': {
    says: { tools: offered(SCHEMA, 'plan') },
  },
  'Tools: choice: auto': { says: { tools: TWO, toolChoice: 'auto' } },
  'Tools: choice: none': { says: { tools: TWO, toolChoice: 'none' } },
  'Tools: choice: any of them': { says: { tools: TWO, toolChoice: 'required' }, shows: OBEYED },
  'Tools: choice: this one': {
    says: { tools: TWO, toolChoice: { type: 'tool', toolName: 'time' } },
    shows: OBEYED,
  },
  'Tools: one call at a time': {
    says: {
      tools: TWO,
      providerOptions: {
        openai: { parallelToolCalls: false },
        anthropic: { disableParallelToolUse: true },
      },
    },
  },
  'Tools of the provider: web search': {
    says: {
      responses: { tools: { web_search: openai.tools.webSearch({}) } },
      anthropic: { tools: { web_search: anthropic.tools.webSearch_20250305({}) } },
      gemini: { tools: { google_search: google.tools.googleSearch({}) } },
    },
  },
  'Tools of the provider: code execution': {
    says: {
      responses: { tools: { code_interpreter: openai.tools.codeInterpreter({}) } },
      gemini: { tools: { code_execution: google.tools.codeExecution({}) } },
    },
  },
  'Tools of the provider: pages by URL': {
    says: { gemini: { tools: { url_context: google.tools.urlContext({}) } } },
  },
  'Tools: a call and its result': {
    only: EXCEPT_GOOGLE,
    says: ask(HI, assistant([A]), results(RESULT_A)),
  },
  'Tools: parallel calls, text beside them': {
    only: EXCEPT_GOOGLE,
    says: ask(HI, assistant([{ type: 'text', text: 'Let me look.' }, A, B]), results(RESULT_A, RESULT_B)),
  },
  'Tools: results in another order than the calls': {
    only: EXCEPT_GOOGLE,
    says: ask(HI, assistant([A, B]), results(RESULT_B, RESULT_A)),
  },
  'Tools: two calls of one tool': {
    only: EXCEPT_GOOGLE,
    says: ask(
      HI,
      assistant([A, called('call_b', 'weather', 'Rome')]),
      results(RESULT_A, result('call_b', 'weather', told('25 degrees'))),
    ),
  },
  'Tools: results that are errors': {
    only: ['anthropic'],
    says: ask(
      HI,
      assistant([A]),
      results(result('call_a', 'weather', { type: 'error-text', value: 'no such city' })),
    ),
  },
  'Tools: images in results': {
    only: ['responses', 'anthropic'],
    says: ask(
      HI,
      assistant([A]),
      results(
        result('call_a', 'weather', {
          type: 'content',
          value: [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data: PNG } }],
        }),
      ),
    ),
  },
  'Structured output: JSON Schema': {
    says: {
      output: Output.object({ schema: jsonSchema(ANSWER as JSONSchema7), name: 'a' }) as never,
      providerOptions: { anthropic: { structuredOutputMode: 'outputFormat' } },
    },
    shows: { text: '{"ok":true}' },
  },
  'Structured output: any JSON object': {
    says: { output: Output.json() as never },
    shows: { text: '{"ok":true}' },
  },
  'Answers: text': { shows: { text: 'Hé 👋', finishReason: 'stop' } },
  'Answers: calls, parallel, text beside them, streamed arguments': {
    says: { tools: TWO },
    shows: {
      text: 'I look.',
      finishReason: 'tool-calls',
      toolCalls: [
        { toolName: 'weather', input: { city: 'Paris' } },
        { toolName: 'time', input: { city: 'Rome' } },
      ],
    },
  },
  'Answers: thoughts': {
    // The provider of Chat Completions reads none.
    only: ['responses', 'anthropic', 'gemini'],
    shows: { text: 'Yes.', reasoningText: 'Hmm, well.' },
  },
  'Answers: citations': {
    shows: { text: 'Paris is big.', sources: [{ sourceType: 'url', url: 'https://a.example/' }] },
  },
  'Finish reasons: length': { shows: { text: 'Hm', finishReason: 'length' } },
  'Finish reasons: withheld by a filter': {
    shows: { text: 'Hm', finishReason: 'content-filter' },
  },
  'Finish reasons: a stop sequence': { shows: { text: 'Hm', finishReason: 'stop' } },
  'Usage: input, output, cached': {
    shows: { usage: { inputTokens: 100, outputTokens: 50, inputTokenDetails: { cacheReadTokens: 40 } } },
  },
  'Usage: reasoning': {
    only: ['chat', 'responses', 'gemini'],
    shows: { usage: { inputTokens: 100, outputTokens: 50, outputTokenDetails: { reasoningTokens: 20 } } },
  },
};

const SPOKEN = new Set(['chat', 'responses', 'anthropic', 'gemini']);

/** What a feature is asked by through one provider; undefined where that has no words for it. */
export function aiWordsOf(
  key: string,
  spoken: Spoken,
): { readonly says: AiAsk; readonly shows: Json } | undefined {
  const words = AI_WORDS[key];
  if (!words || (words.only && !words.only.includes(spoken))) return undefined;
  const { says = {}, shows = { text: 'Hello there.', finishReason: 'stop' } } = words;
  const isForEach = Object.keys(says).some((name) => SPOKEN.has(name));
  const own = isForEach ? (says as Partial<Record<Spoken, AiAsk>>)[spoken] : (says as AiAsk);
  return own && { says: own, shows };
}
