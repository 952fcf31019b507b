import { describe, expect, it } from 'vitest';
import { Notes } from '../../conversation/notes.js';
import type { LlmPath } from '../../llm-path.js';
import type { Protocol } from '../../../kernel/protocol.js';
import { readCountRequest, writeCount } from './count-request.js';
import { countable } from './estimate.js';
import { TokenCounter } from './token-counter.js';
import { counterOf, writeCounter } from './write-counter.js';

const ANTHROPIC = { operation: 'count_tokens' } as LlmPath;
const GEMINI = { operation: 'countTokens' } as LlmPath;
const hello = { model: 'm', messages: [{ role: 'user', content: 'hello' }], system: 'be kind' };

function written(protocol: Protocol, preset: string, path = ANTHROPIC, body: object = hello) {
  const conversation = readCountRequest(path, { ...body }, 'm');
  const notes = new Notes();
  const counter = counterOf({ protocol, preset, origin: 'https://api.openai.com' })!;
  const request = writeCounter(counter, conversation, { model: 'theirs', preset, notes });
  expect(notes.warnings).toEqual([]);
  return request;
}

describe('a counter', () => {
  it('of Gemini gets a whole request', () => {
    const { path, body } = written('gemini', 'gemini');
    expect(path).toBe('/v1beta/models/theirs:countTokens');
    expect(body).toMatchObject({
      generateContentRequest: {
        model: 'models/theirs',
        contents: [{ role: 'user', parts: [{ text: 'hello' }] }],
        systemInstruction: { parts: [{ text: 'be kind' }] },
      },
    });
  });

  it('of Vertex gets the parts of one', () => {
    expect(written('gemini', 'vertex-express').body).toMatchObject({ contents: [{ role: 'user' }] });
  });

  it('of Anthropic gets nothing that is about an answer', () => {
    const generateContentRequest = {
      model: 'models/m',
      contents: [{ role: 'user', parts: [{ text: 'hello' }] }],
      generationConfig: { temperature: 1, maxOutputTokens: 5 },
    };
    const { path, body } = written('anthropic', 'anthropic', GEMINI, { generateContentRequest });
    expect(path).toBe('/v1/messages/count_tokens');
    expect(Object.keys(body).sort()).toEqual(['messages', 'model']);
  });

  it('of OpenAI gets what Responses would', () => {
    const { path, body } = written('openai', 'openai');
    expect(path).toBe('/v1/responses/input_tokens');
    expect(Object.keys(body).filter((field) => field !== 'instructions')).toEqual(['model', 'input']);
    expect(JSON.stringify(body)).toMatch(/be kind[^]*hello|hello[^]*be kind/);
  });

  it('is what others than OpenAI lack', () => {
    for (const origin of ['http://127.0.0.1', 'https://api.groq.com', 'https://openai.com.example.org']) {
      expect(counterOf({ protocol: 'openai', preset: 'openai', origin })).toBeUndefined();
    }
  });
});

describe('an estimate', () => {
  it('counts what the model would read', async () => {
    const tools = [{ name: 'weather', input_schema: { type: 'object', properties: {} } }];
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } };
    const plain = countable(readCountRequest(ANTHROPIC, hello, 'm'));
    expect(plain).toEqual({ text: 'be kind\nhello', others: 9 });
    const content = [{ type: 'text', text: 'hello' }, image];
    const more = countable(
      readCountRequest(ANTHROPIC, { model: 'm', tools, messages: [{ role: 'user', content }] }, 'm'),
    );
    expect(more.others).toBe(6 + 765);
    expect(more.text).toContain('weather');
    const counter = new TokenCounter();
    expect(await counter.count('hello world')).toBe(2);
    expect(await counter.count('<|endoftext|>')).toBeGreaterThan(1);
    expect(await counter.count('')).toBe(0);
    expect(await counter.count('hello world '.repeat(100_000))).toBeGreaterThan(150_000);
  });

  it('is told as the caller knows it', () => {
    expect(writeCount(ANTHROPIC, 5)).toEqual({ input_tokens: 5 });
    expect(writeCount(GEMINI, 5)).toEqual({ totalTokens: 5 });
  });

  it.each([
    [ANTHROPIC, {}],
    [ANTHROPIC, { messages: [] }],
    [GEMINI, {}],
    [GEMINI, { generateContentRequest: 5 }],
  ])('of nothing is refused', (path, body) => {
    expect(() => readCountRequest(path, body, 'm')).toThrow();
  });
});
