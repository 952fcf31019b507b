import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { Part, Signature } from '../../conversation/parts.js';
import type { Reply } from '../../conversation/reply.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { scatter } from '../../conversation/scatter.js';
import { plain } from './responses.fixture.js';
import { writeReply } from './write-response.js';
import { writeStream } from './write-stream.js';

const context = { requestId: 'req_1', conversation: { ...plain, model: 'm' }, created: 1 };

/** Answers every call with these bytes, as an upstream would that speaks Responses. */
function answering(text: string, type = 'text/event-stream'): typeof fetch {
  return () => Promise.resolve(new Response(text, { headers: { 'content-type': type } }));
}

function streamOf(events: Iterable<ReplyEvent>): string {
  const writer = writeStream(context);
  let text = '';
  for (const event of events) text += writer.write(event);
  return text;
}

function client(answer: typeof fetch): OpenAI {
  return new OpenAI({ apiKey: 'k', baseURL: 'http://x/v1', fetch: answer, maxRetries: 0 });
}

const foreign: Signature = { origin: 'gemini', value: 'c2ln' };

const PARTS: readonly Part[] = [
  { kind: 'thought', text: 'Hm.', signature: { origin: 'anthropic', value: 'c2ln' } },
  { kind: 'thought', text: '', redacted: true, signature: foreign },
  { kind: 'text', text: 'See ' },
  {
    kind: 'text',
    text: 'here.',
    citations: [{ url: 'https://example.com', title: 'Example', from: 0, to: 4 }],
  },
  { kind: 'text', text: 'Signed.', signature: foreign },
  { kind: 'media', media: 'image', mime: 'image/png', source: { kind: 'base64', data: 'iVBORw0K' } },
  { kind: 'call', id: 'call_1', name: 'look_up', arguments: '{"a":1}', signature: foreign },
  { kind: 'call', id: 'call_2', name: 'now', arguments: '' },
  { kind: 'call', id: 'call_3', name: 'run', arguments: 'print(1)', freeform: true },
  { kind: 'refusal', text: 'No more.' },
];

const REPLY: Reply = {
  id: '',
  model: 'm-1',
  candidates: [{ index: 0, parts: PARTS, finish: { reason: 'calls' } }],
  usage: { input: 5, output: 7 },
};

describe('the official client', () => {
  it('puts a stream together to what it would have got in one piece', async () => {
    const stream = client(answering(streamOf(scatter(REPLY)))).responses.stream({ model: 'm', input: 'x' });
    const response = await stream.finalResponse();
    const whole = writeReply(REPLY, context);
    expect(response.output).toMatchObject(whole.output as object[]);
    expect(response.output.map(({ type }) => type)).toEqual([
      'reasoning',
      'reasoning',
      'message',
      'reasoning',
      'image_generation_call',
      'function_call',
      'reasoning',
      'function_call',
      'custom_tool_call',
      'message',
    ]);
    expect(response.output_text).toBe('See here.Signed.');
    expect(response.usage).toMatchObject({ input_tokens: 5, output_tokens: 7, total_tokens: 12 });
  });

  it('sees calls that interleave one after the other', async () => {
    const at = (part: number) => ({ candidate: 0, part });
    const events: ReplyEvent[] = [
      { type: 'start', id: 'x', model: 'm' },
      { type: 'open', ...at(0), kind: 'call', id: 'a', name: 'f' },
      { type: 'open', ...at(1), kind: 'call', id: 'b', name: 'g' },
      { type: 'delta', ...at(1), text: '{"b"' },
      { type: 'delta', ...at(0), text: '{}' },
      { type: 'delta', ...at(1), text: ':1}' },
      { type: 'close', ...at(0) },
      { type: 'close', ...at(1) },
      { type: 'finish', candidate: 0, finish: { reason: 'calls' } },
      { type: 'end' },
    ];
    const stream = client(answering(streamOf(events))).responses.stream({ model: 'm', input: 'x' });
    const { output } = await stream.finalResponse();
    expect(output).toMatchObject([
      { type: 'function_call', call_id: 'a', arguments: '{}' },
      { type: 'function_call', call_id: 'b', arguments: '{"b":1}' },
    ]);
  });

  it('throws where the stream breaks', async () => {
    const events: ReplyEvent[] = [
      { type: 'start', id: 'x', model: 'm' },
      { type: 'open', candidate: 0, part: 0, kind: 'text' },
      { type: 'delta', candidate: 0, part: 0, text: 'half' },
      { type: 'fault', fault: { status: 503, message: 'broken off' } },
    ];
    const stream = client(answering(streamOf(events))).responses.stream({ model: 'm', input: 'x' });
    await expect(stream.finalResponse()).rejects.toThrow(/broken off/);
  });
});

describe('the AI SDK', () => {
  const model = (answer: typeof fetch) =>
    createOpenAI({ apiKey: 'k', baseURL: 'http://x/v1', fetch: answer })('gpt-5');

  it('sees texts, thoughts, calls, sources and files', async () => {
    const result = streamText({
      model: model(answering(streamOf(scatter(REPLY)))),
      prompt: 'x',
      maxRetries: 0,
    });
    expect(await result.text).toBe('See here.Signed.No more.');
    expect(await result.reasoningText).toBe('Hm.');
    expect((await result.toolCalls).map(({ toolName }) => toolName)).toEqual(
      expect.arrayContaining(['look_up', 'now']),
    );
    expect((await result.sources).map((source) => ('url' in source ? source.url : ''))).toEqual([
      'https://example.com',
    ]);
    expect(await result.finishReason).toBe('tool-calls');
    expect((await result.usage).outputTokens).toBe(7);
  });

  it('tells of a stream that breaks', async () => {
    const events: ReplyEvent[] = [
      { type: 'start', id: 'x', model: 'm' },
      { type: 'fault', fault: { status: 503, message: 'broken off' } },
    ];
    const seen: unknown[] = [];
    const result = streamText({
      model: model(answering(streamOf(events))),
      prompt: 'x',
      maxRetries: 0,
      onError: ({ error }) => void seen.push(error),
    });
    await result.consumeStream({ onError: () => undefined });
    expect(JSON.stringify(seen)).toContain('broken off');
  });
});
