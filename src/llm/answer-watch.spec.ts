import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Letters } from '../proxy/wire/letters.js';
import { ADAPTERS } from './adapters/adapters.js';
import type { AnswerListener } from './answer-listener.js';
import { AnswerWatch } from './answer-watch.js';
import type { LlmProtocol } from './llm-path.js';

function watched(protocol: LlmProtocol, operation: string, ...chunks: readonly string[]): AnswerWatch {
  const adapter = ADAPTERS[protocol];
  const watch = new AnswerWatch(adapter, adapter.wholeAnswers[operation], undefined);
  const letters = new Letters();
  for (const chunk of chunks) expect(watch.pass(Buffer.from(chunk), letters).toString()).toBe(chunk);
  expect(watch.flush()).toHaveLength(0);
  return watch;
}

const SAY_NOTHING: readonly [LlmProtocol, string, object][] = [
  ['openai', 'chat', { choices: [] }],
  [
    'openai',
    'chat',
    { choices: [{ index: 0, message: { role: 'assistant', content: null }, finish_reason: null }] },
  ],
  [
    'openai',
    'chat',
    { choices: [{ message: { content: '', tool_calls: [] }, finish_reason: '' }], usage: {} },
  ],
  ['openai', 'completions', { choices: [{ text: '', index: 0, logprobs: null, finish_reason: null }] }],
  ['openai', 'responses', { object: 'response', output: [] }],
  ['anthropic', 'messages', { type: 'message', content: [], stop_reason: null }],
  ['gemini', 'generateContent', { usageMetadata: { promptTokenCount: 4 } }],
  ['gemini', 'generateContent', { candidates: [] }],
  ['gemini', 'generateContent', { candidates: [{ content: { role: 'model' }, index: 0 }] }],
  ['gemini', 'generateContent', { candidates: [{ content: { parts: [{ text: '' }] } }] }],
];

const SAY_WHY: readonly [LlmProtocol, string, object][] = [
  ['openai', 'chat', { choices: [{ message: { content: '' }, finish_reason: 'length' }] }],
  ['openai', 'chat', { choices: [{ message: { content: null }, finish_reason: 'content_filter' }] }],
  ['openai', 'chat', { choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: null }] }],
  ['openai', 'chat', { request_id: 'deferred-1' }],
  ['openai', 'completions', { choices: [{ text: '', finish_reason: 'stop' }] }],
  ['openai', 'responses', { object: 'response', status: 'queued', output: [] }],
  ['openai', 'responses', { object: 'response', status: 'incomplete', output: [] }],
  ['anthropic', 'messages', { content: [], stop_reason: 'end_turn' }],
  ['anthropic', 'messages', { content: [], stop_reason: 'max_tokens' }],
  ['gemini', 'generateContent', { promptFeedback: { blockReason: 'SAFETY' } }],
  ['gemini', 'generateContent', { candidates: [{ finishReason: 'MAX_TOKENS', index: 0 }] }],
  ['gemini', 'generateContent', { candidates: [{ finishReason: 'SAFETY' }] }],
];

const SAY_SOMETHING: readonly [LlmProtocol, string, object][] = [
  ['openai', 'chat', { choices: [{ message: { content: 'a' }, finish_reason: null }] }],
  ['openai', 'chat', { choices: [{ message: { content: null, tool_calls: [{ id: '1' }] } }] }],
  ['openai', 'chat', { choices: [{ message: { content: '', reasoning_content: 'so' } }] }],
  ['anthropic', 'messages', { content: [{ type: 'text', text: 'a' }] }],
  ['gemini', 'generateContent', { candidates: [{ content: { parts: [{ functionCall: { name: 'f' } }] } }] }],
];

describe('AnswerWatch', () => {
  it.each(SAY_NOTHING)(
    'takes an answer of %s (%s) that says nothing for a failure: %j',
    (protocol, operation, it) => {
      const watch = watched(protocol, operation, JSON.stringify(it, null, 2));
      expect(watch.failure).toMatchObject({ blame: 'upstream', reason: 'empty_answer', retry: 'attempt' });
      expect(watch.error?.code).toBe('upstream_broken');
    },
  );

  it.each([...SAY_WHY, ...SAY_SOMETHING])('lets one of %s (%s) pass: %j', (protocol, operation, it) => {
    expect(watched(protocol, operation, JSON.stringify(it)).failure).toBeUndefined();
    expect(watched(protocol, operation, JSON.stringify(it, null, 2) + '\n').failure).toBeUndefined();
  });

  it('takes one that is cut off anywhere for a failure', () => {
    for (const [protocol, operation, answer] of SAY_SOMETHING) {
      const text = JSON.stringify(answer);
      fc.assert(
        fc.property(fc.integer({ min: 1, max: text.length - 1 }), (length) => {
          const watch = watched(protocol, operation, text.slice(0, length));
          expect(watch.failure).toMatchObject({ reason: 'unreadable_answer', retry: 'attempt' });
          expect(watch.error?.code).toBe('upstream_broken');
        }),
      );
    }
  });

  it('takes one of no bytes for a failure, and what is no object for something', () => {
    expect(watched('openai', 'chat').failure?.reason).toBe('empty_answer');
    expect(watched('openai', 'chat', ' \n').failure?.reason).toBe('empty_answer');
    expect(watched('openai', 'chat', 'Hello').failure).toBeUndefined();
    expect(watched('openai', 'chat', '[1, 2').failure).toBeUndefined();
  });

  it('hears errors under a good status, and tells the client what the upstream said', () => {
    const watch = watched('openai', 'chat', '{"error":{"code":429,"message":"slow down"}}');
    expect(watch.failure).toMatchObject({ blame: 'quota', retry: 'next_key' });
    expect(watch.error).toBeUndefined();
    expect(watched('gemini', 'generateContent', '{"error":{"code":503}}').failure?.blame).toBe('upstream');
  });

  it('does not look at what is too long to be held', () => {
    const blank = ' '.repeat(20 * 1024);
    const chunks = ['{"choices":[]', blank, blank, blank, blank, '}'];
    expect(watched('openai', 'chat', ...chunks).failure).toBeUndefined();
  });

  it('lets a listener hear the beginning and the end of an answer', () => {
    const heard: string[] = [];
    const listen: AnswerListener = (text) => void heard.push(text);
    const watch = new AnswerWatch(ADAPTERS.openai, ADAPTERS.openai.wholeAnswers.responses, listen);
    const filling = 'x'.repeat(80 * 1024);
    for (const chunk of ['{"id":"resp_1","output":["', filling, '"],"status":"completed"}'])
      watch.pass(Buffer.from(chunk), new Letters());
    watch.flush();
    expect(heard[0]).toContain('resp_1');
    expect(heard.at(-1)).toContain('completed');
  });

  it('tells counts', () => {
    const answer =
      '{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3}}';
    expect(watched('openai', 'chat', answer).usage).toMatchObject({ input: 3 });
  });

  it('finds counts and the reason of the end wherever they stand', () => {
    const distances = [0, ...Array.from({ length: 200 }, (_, index) => 850 + index), 5000, 40_000];
    for (const distance of distances) {
      const watch = watched(
        'openai',
        'chat',
        '{"choices":[{"message":{"content":""},"finish_reason":"length"}],"usage":{"prompt_tokens":3,',
        `"completion_tokens":4},"more":"${'ü'.repeat(distance / 2)}"}`,
      );
      expect(watch.failure).toBeUndefined();
      expect(watch.usage).toMatchObject({ input: 3, output: 4 });
    }
  });
});
