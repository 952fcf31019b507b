import type { Json } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import {
  anthropic,
  chat,
  chatGets,
  gemini,
  geminiGets,
  message,
  responses,
  responsesGets,
} from '../answers.ts';
import type { AnsweredFeature, PerDialect } from '../feature.ts';

const text = (value: string) => ({ type: 'text', text: value });

/** A finish reason in each dialect's words; two of a kind: the upstream's, and what the caller gets. */
function finish(
  name: string,
  answers: PerDialect<Json>,
  gets: PerDialect<Json>,
  mappedGets?: PerDialect<Json>,
  near?: string,
): AnsweredFeature {
  return {
    group: 'Finish reasons',
    name,
    answers,
    gets,
    ...(mappedGets && { mappedGets }),
    ...(near !== undefined && { near }),
  };
}

const cutShort = (reason: string) =>
  responses([message('Hm')], { status: 'incomplete', incomplete_details: { reason } });

export const FINISHES: readonly AnsweredFeature[] = [
  finish(
    'length',
    {
      chat: chat({ content: 'Hm' }, 'length'),
      responses: cutShort('max_output_tokens'),
      anthropic: anthropic([text('Hm')], 'max_tokens'),
      gemini: gemini([{ text: 'Hm' }], 'MAX_TOKENS'),
    },
    {
      chat: chatGets({ content: 'Hm' }, 'length'),
      responses: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
      anthropic: { stop_reason: 'max_tokens' },
      gemini: geminiGets([{ text: 'Hm' }], 'MAX_TOKENS'),
    },
  ),
  finish(
    'a stop sequence',
    { anthropic: { ...anthropic([text('Hm')], 'stop_sequence'), stop_sequence: 'END' } },
    { anthropic: { stop_reason: 'stop_sequence', stop_sequence: 'END' } },
    {
      chat: chatGets({ content: 'Hm' }, 'stop'),
      responses: { status: 'completed' },
      gemini: geminiGets([{ text: 'Hm' }], 'STOP'),
    },
    'a good end, which does not say why',
  ),
  finish(
    'withheld by a filter',
    {
      chat: chat({ content: 'Hm' }, 'content_filter'),
      responses: cutShort('content_filter'),
      gemini: gemini([{ text: 'Hm' }], 'SAFETY'),
    },
    {
      chat: chatGets({ content: 'Hm' }, 'content_filter'),
      responses: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      anthropic: { stop_reason: 'refusal' },
      gemini: geminiGets([{ text: 'Hm' }], 'SAFETY'),
    },
  ),
  finish(
    'prompt blocked',
    {
      gemini: {
        responseId: 'g',
        promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
        usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
      },
    },
    {
      chat: { choices: [{ finish_reason: 'content_filter' }] },
      responses: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      anthropic: { stop_reason: 'refusal' },
      gemini: { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } },
    },
  ),
  finish(
    'refusal of the model',
    {
      chat: chat({ content: null, refusal: 'I will not.' }),
      responses: responses([
        { type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'I will not.' }] },
      ]),
      anthropic: anthropic([text('I will not.')], 'refusal'),
    },
    {
      chat: chatGets({ refusal: 'I will not.' }, 'stop'),
      responses: responsesGets([{ type: 'message', content: [{ type: 'refusal', refusal: 'I will not.' }] }]),
      anthropic: { content: [text('I will not.')], stop_reason: 'refusal' },
    },
    {
      chat: chatGets({ content: 'I will not.' }, 'content_filter'),
      responses: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
      gemini: geminiGets([{ text: 'I will not.' }], 'SAFETY'),
    },
    'what the model says instead, ended as by a filter',
  ),
];

const COUNTED = { input: 100, cached: 40, output: 50, reasoning: 20 };

export const USAGES: readonly AnsweredFeature[] = [
  {
    group: 'Usage',
    name: 'input, output, cached',
    answers: {
      chat: chat({ content: 'Hm' }, 'stop', {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 40 },
      }),
      responses: responses([message('Hm')], {
        usage: {
          input_tokens: 100,
          input_tokens_details: { cached_tokens: 40 },
          output_tokens: 50,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 150,
        },
      }),
      anthropic: anthropic([text('Hm')], 'end_turn', {
        input_tokens: 60,
        cache_read_input_tokens: 40,
        cache_creation_input_tokens: 0,
        output_tokens: 50,
      }),
      gemini: {
        ...gemini([{ text: 'Hm' }]),
        usageMetadata: {
          promptTokenCount: 100,
          cachedContentTokenCount: 40,
          candidatesTokenCount: 50,
          totalTokenCount: 150,
        },
      },
    },
    gets: {
      chat: {
        usage: {
          prompt_tokens: COUNTED.input,
          completion_tokens: COUNTED.output,
          total_tokens: 150,
          prompt_tokens_details: { cached_tokens: 40 },
        },
      },
      responses: {
        usage: {
          input_tokens: 100,
          output_tokens: 50,
          total_tokens: 150,
          input_tokens_details: { cached_tokens: 40 },
        },
      },
      anthropic: { usage: { input_tokens: 60, cache_read_input_tokens: 40, output_tokens: 50 } },
      gemini: {
        usageMetadata: {
          promptTokenCount: 100,
          cachedContentTokenCount: 40,
          candidatesTokenCount: 50,
          totalTokenCount: 150,
        },
      },
    },
  },
  {
    group: 'Usage',
    name: 'reasoning',
    answers: {
      chat: chat({ content: 'Hm' }, 'stop', {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        completion_tokens_details: { reasoning_tokens: 20 },
      }),
      responses: responses([message('Hm')], {
        usage: {
          input_tokens: 100,
          input_tokens_details: { cached_tokens: 0 },
          output_tokens: 50,
          output_tokens_details: { reasoning_tokens: 20 },
          total_tokens: 150,
        },
      }),
      gemini: {
        ...gemini([{ text: 'Hm' }]),
        usageMetadata: {
          promptTokenCount: 100,
          candidatesTokenCount: 30,
          thoughtsTokenCount: 20,
          totalTokenCount: 150,
        },
      },
    },
    gets: {
      chat: { usage: { completion_tokens: 50, completion_tokens_details: { reasoning_tokens: 20 } } },
      responses: { usage: { output_tokens: 50, output_tokens_details: { reasoning_tokens: 20 } } },
      gemini: { usageMetadata: { candidatesTokenCount: 30, thoughtsTokenCount: 20, totalTokenCount: 150 } },
    },
    mappedGets: { anthropic: { usage: { output_tokens: 50 } } },
    near: 'counted among the output',
  },
  {
    group: 'Usage',
    name: 'sound and images',
    answers: {
      chat: chat({ content: 'Hm' }, 'stop', {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { audio_tokens: 30, image_tokens: 20 },
        completion_tokens_details: { audio_tokens: 10 },
      }),
      gemini: {
        ...gemini([{ text: 'Hm' }]),
        usageMetadata: {
          promptTokenCount: 100,
          candidatesTokenCount: 50,
          totalTokenCount: 150,
          promptTokensDetails: [counted('TEXT', 50), counted('IMAGE', 20), counted('AUDIO', 30)],
          candidatesTokensDetails: [counted('TEXT', 40), counted('AUDIO', 10)],
        },
      },
    },
    gets: {
      chat: {
        usage: {
          prompt_tokens_details: { audio_tokens: 30, image_tokens: 20 },
          completion_tokens_details: { audio_tokens: 10 },
        },
      },
      responses: {
        usage: {
          input_tokens_details: { audio_tokens: 30, image_tokens: 20 },
          output_tokens_details: { audio_tokens: 10 },
        },
      },
      gemini: {
        usageMetadata: {
          promptTokensDetails: [counted('TEXT', 50), counted('IMAGE', 20), counted('AUDIO', 30)],
          candidatesTokensDetails: [counted('TEXT', 40), counted('AUDIO', 10)],
        },
      },
    },
    mappedGets: { anthropic: { usage: { input_tokens: 100, output_tokens: 50 } } },
    near: 'counted among all others',
  },
];

function counted(modality: string, tokenCount: number): Json {
  return { modality, tokenCount };
}
