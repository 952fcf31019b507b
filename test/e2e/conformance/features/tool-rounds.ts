import { expect } from 'vitest';
import type { Json } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import type { AskedFeature, PerDialect } from '../feature.ts';

const group = 'Tools';
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

interface Call {
  readonly id: string;
  readonly name: string;
  readonly args: Json;
}

interface Result {
  readonly id: string;
  readonly name: string;
  readonly text?: string;
  readonly failed?: boolean;
  readonly image?: string;
}

const A: Call = { id: 'call_a', name: 'weather', args: { city: 'Paris' } };
const B: Call = { id: 'call_b', name: 'time', args: { city: 'Rome' } };

/** A question, calls with a word beside them, and their results, as each dialect tells them. */
export function round(
  said: string | undefined,
  calls: readonly Call[],
  results: readonly Result[],
): PerDialect<Json> {
  return {
    chat: {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: said ?? null,
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: 'function',
            function: { name: call.name, arguments: JSON.stringify(call.args) },
          })),
        },
        ...results.map(({ id, text }) => ({ role: 'tool', tool_call_id: id, content: text })),
      ],
    },
    responses: {
      input: [
        { role: 'user', content: 'Hi' },
        ...(said === undefined ? [] : [{ role: 'assistant', content: said }]),
        ...calls.map((call) => ({
          type: 'function_call',
          call_id: call.id,
          name: call.name,
          arguments: JSON.stringify(call.args),
        })),
        ...results.map(({ id, text, image }) => ({
          type: 'function_call_output',
          call_id: id,
          output:
            image === undefined
              ? text
              : [{ type: 'input_image', image_url: `data:image/png;base64,${image}` }],
        })),
      ],
    },
    anthropic: {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: [
            ...(said === undefined ? [] : [{ type: 'text', text: said }]),
            ...calls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: call.args })),
          ],
        },
        {
          role: 'user',
          content: results.map(({ id, text, failed, image }) => ({
            type: 'tool_result',
            tool_use_id: id,
            ...(failed && { is_error: true }),
            content:
              image === undefined
                ? text
                : [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } }],
          })),
        },
      ],
    },
    gemini: {
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        {
          role: 'model',
          parts: [
            ...(said === undefined ? [] : [{ text: said }]),
            ...calls.map((call) => ({ functionCall: { name: call.name, args: call.args } })),
          ],
        },
        {
          role: 'user',
          parts: results.map(({ name, text, failed, image }) => ({
            functionResponse: {
              name,
              response: failed ? { error: text } : { output: text ?? '' },
              ...(image !== undefined && { parts: [{ inlineData: { mimeType: 'image/png', data: image } }] }),
            },
          })),
        },
      ],
    },
  };
}

const CALL_A = 'assistant call weather {"city":"Paris"} #1';
const CALL_B = 'assistant call time {"city":"Rome"} #2';
const FAILED_IN_WORDS = ['user text Hi', CALL_A, 'tool result #1 Error: no such city'];
const {
  chat: _noErrorsInChat,
  responses: _norInResponses,
  ...withErrors
} = round(undefined, [A], [{ ...A, text: 'no such city', failed: true }]);
const { chat: _noImagesInChat, ...withImages } = round(undefined, [A], [{ ...A, image: PNG }]);

export const TOOL_ROUNDS: readonly AskedFeature[] = [
  {
    group,
    name: 'a call and its result',
    says: round(undefined, [A], [{ ...A, text: '21 degrees' }]),
    script: ['user text Hi', CALL_A, 'tool result #1 21 degrees'],
  },
  {
    group,
    name: 'parallel calls, text beside them',
    says: round(
      'Let me look.',
      [A, B],
      [
        { ...A, text: '21 degrees' },
        { ...B, text: 'noon' },
      ],
    ),
    script: [
      'user text Hi',
      'assistant text Let me look.',
      CALL_A,
      CALL_B,
      'tool result #1 21 degrees',
      'tool result #2 noon',
    ],
  },
  {
    group,
    name: 'results in another order than the calls',
    says: round(
      undefined,
      [A, B],
      [
        { ...B, text: 'noon' },
        { ...A, text: '21 degrees' },
      ],
    ),
    script: ['user text Hi', CALL_A, CALL_B, 'tool result #2 noon', 'tool result #1 21 degrees'],
    mappedScript: {
      anthropic: ['user text Hi', CALL_A, CALL_B, 'tool result #1 21 degrees', 'tool result #2 noon'],
      gemini: ['user text Hi', CALL_A, CALL_B, 'tool result #1 21 degrees', 'tool result #2 noon'],
    },
  },
  {
    group,
    name: 'two calls of one tool',
    says: round(
      undefined,
      [A, { ...B, name: 'weather' }],
      [
        { ...A, text: '21 degrees' },
        { ...B, name: 'weather', text: '25 degrees' },
      ],
    ),
    script: [
      'user text Hi',
      CALL_A,
      'assistant call weather {"city":"Rome"} #2',
      'tool result #1 21 degrees',
      'tool result #2 25 degrees',
    ],
  },
  {
    group,
    name: 'results that are errors',
    near: 'a text that begins with “Error:”',
    says: withErrors,
    script: ['user text Hi', CALL_A, 'tool result #1 failed: no such city'],
    mappedScript: { chat: FAILED_IN_WORDS, responses: FAILED_IN_WORDS },
  },
  {
    group,
    name: 'images in results',
    near: 'a text that points at the image, and a message with it after the results',
    says: withImages,
    models: { gemini: 'gemini-3-flash-preview', 'vertex-express': 'gemini-3-flash-preview' },
    script: ['user text Hi', CALL_A, `tool result #1 image image/png ${PNG}`],
    // Results there are text alone: the image follows.
    mappedScript: {
      chat: [
        'user text Hi',
        CALL_A,
        expect.stringContaining('tool result #1 The result is'),
        expect.stringContaining('user text Attachments of the result'),
        `user image image/png ${PNG}`,
      ],
    },
  },
];
