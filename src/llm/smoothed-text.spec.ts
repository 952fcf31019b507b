import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutEvent } from '../proxy/smoothing/text-event.js';
import { textFinder } from './smoothed-text.js';

const chat = (delta: object, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: null, ...more }], usage: null })}\n\n`;
const responses = (event: object) => `event: response.output_text.delta\ndata: ${JSON.stringify(event)}\n\n`;
const messages = (delta: object) =>
  `event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta })}\n\n`;
const gemini = (parts: object[], more: object = {}) =>
  `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts }, index: 0, ...more }], usageMetadata: {} })}\r\n\r\n`;

const DELTA = { type: 'response.output_text.delta', sequence_number: 4, item_id: 'm' };

const WITH_TEXT: readonly (readonly [string, (text: string) => string])[] = [
  ['chat', (content) => chat({ content })],
  ['chat', (content) => chat({ role: 'assistant', content, refusal: null })],
  ['responses', (delta) => responses({ ...DELTA, delta, logprobs: [] })],
  ['messages', (text) => messages({ type: 'text_delta', text })],
  ['streamGenerateContent', (text) => gemini([{ text }])],
];

describe.each(WITH_TEXT)('text of %s', (operation, write) => {
  it('comes in pieces of the same shape', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (whole, longest) => {
        const found = textFinder(operation)!(write(whole))!;
        expect(found.text).toBe(whole);
        const pieces = cutEvent(Buffer.from(write(whole)), found, longest).map(String);
        const texts = pieces.map((piece) => textFinder(operation)!(piece)!.text);
        expect(texts.join('')).toBe(whole);
        expect(pieces).toEqual(texts.map(write));
      }),
    );
  });
});

it.each([
  ['chat', 'data: [DONE]\n\n'],
  ['chat', ': keep-alive\n\n'],
  ['chat', chat({ content: '' })],
  ['chat', chat({ content: null, tool_calls: [{ index: 0 }] })],
  ['chat', chat({ content: 'with a call', tool_calls: [{ index: 0 }] })],
  ['chat', chat({ reasoning_content: 'thought' })],
  ['chat', chat({ content: 'the last' }, { finish_reason: 'stop' })],
  ['chat', chat({ content: 'measured' }, { logprobs: { content: [] } })],
  ['chat', 'data: {"choices":[{"delta":{"content":"two"}},{"delta":{"content":"choices"}}]}\n\n'],
  ['chat', 'data: {"content":"twice","choices":[{"delta":{"content":"twice"}}]}\n\n'],
  ['chat', 'id: 1\ndata: {"choices":[{"delta":{"content":"with an id"}}]}\n\n'],
  ['chat', 'data: {"choices":[{"delta":\ndata: {"content":"on two lines"}}]}\n\n'],
  ['chat', 'data: {"choices":[{"delta":{"content":"broken"\n\n'],
  ['responses', responses({ ...DELTA, type: 'response.refusal.delta', delta: 'no' })],
  ['responses', responses({ ...DELTA, delta: 'measured', logprobs: [{ token: 'm' }] })],
  ['messages', messages({ type: 'thinking_delta', thinking: 'thought' })],
  ['messages', messages({ type: 'input_json_delta', partial_json: '{"text":"a"}' })],
  ['streamGenerateContent', gemini([{ text: 'thought', thought: true }])],
  ['streamGenerateContent', gemini([{ text: 'signed', thoughtSignature: 'x' }])],
  ['streamGenerateContent', gemini([{ text: 'one' }, { text: 'two' }])],
  ['streamGenerateContent', gemini([{ text: 'the last' }], { finishReason: 'STOP' })],
  ['streamGenerateContent', gemini([{ text: 'cited' }], { groundingMetadata: {} })],
])('%s: %j stays as it is', (operation, event) => {
  expect(textFinder(operation)!(event)).toBeUndefined();
});

it('keeps all but the text to the byte', () => {
  const event =
    'data: { "n": 9007199254740993, "choices" : [{"delta":{"content" : "caf\\u00e9 \\/ bar"}}] }\n\n';
  const { head, text, tail } = textFinder('chat')!(event)!;
  expect(text).toBe('café / bar');
  expect(head + JSON.stringify(text) + tail).toBe(event.replace('caf\\u00e9 \\/ bar', 'café / bar'));
});

it('knows no text of other operations', () => {
  for (const operation of ['embeddings', 'speech', 'toString']) expect(textFinder(operation)).toBeUndefined();
});
