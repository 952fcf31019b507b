import { createOpenAI } from '@ai-sdk/openai';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import type { Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import { plain, readFixture, writeAll } from './chat.fixture.js';
import { chatCodec } from './codec.js';

/** The public clients read what is written. */
const reply: Reply = {
  id: 'chatcmpl-1',
  model: 'mm',
  created: 5,
  candidates: [
    {
      index: 0,
      parts: [
        { kind: 'thought', text: 'hm', signature: { origin: 'anthropic', value: 'SIG' } },
        {
          kind: 'text',
          text: 'Let me see',
          citations: [{ url: 'https://a.b/', title: 'A', from: 0, to: 3 }],
        },
        {
          kind: 'call',
          id: 'c1',
          name: 'look',
          arguments: '{"a":1}',
          signature: { origin: 'gemini', value: 'G' },
        },
        { kind: 'call', id: 'c2', name: 'look', arguments: '{}' },
      ],
      finish: { reason: 'calls', native: 'tool_use' },
      logprobs: [{ token: 'a', logprob: -1, top: [{ token: 'a', logprob: -1 }] }],
    },
  ],
  usage: { input: 3, output: 7, cached: 1, reasoning: 2 },
};
const asked = { ...plain, stream: true, usageInStream: true };
const calls = [
  { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
  { id: 'c2', type: 'function', function: { name: 'look', arguments: '{}' } },
];

function answering(body: string, type = 'text/event-stream'): typeof fetch {
  return () => Promise.resolve(new Response(body, { headers: { 'content-type': type } }));
}
const client = (body: string, type?: string) =>
  new OpenAI({ apiKey: 'k', fetch: answering(body, type), maxRetries: 0 });
const request = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };

describe('the openai package', () => {
  it('reads a whole answer', async () => {
    const body = JSON.stringify(chatCodec.writeReply(reply, { requestId: 'r', conversation: asked }));
    const { choices, usage } = await client(body, 'application/json').chat.completions.create(request);
    expect(choices[0]!.message).toMatchObject({ content: 'Let me see', tool_calls: calls });
    expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens_details: { reasoning_tokens: 2 } });
  });

  it('puts a stream together', async () => {
    const stream = client(writeAll(scatter(reply), asked)).chat.completions.stream({
      ...request,
      tools: [{ type: 'function', function: { name: 'look', parameters: {} } }],
    });
    const { choices, usage } = await stream.finalChatCompletion();
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: 'Let me see', tool_calls: calls },
    });
    expect(usage?.total_tokens).toBe(10);
  });

  it('puts a spoken answer together', async () => {
    const reader = chatCodec.readStream();
    const events = readFixture('audio.sse')
      .split('\n\n')
      .filter((block) => block.startsWith('data: '))
      .flatMap((block) => reader.read({ event: undefined, data: block.trim().slice(6) }));
    const { choices } = await client(writeAll(events, asked))
      .chat.completions.stream(request)
      .finalChatCompletion();
    expect(choices[0]!.message.audio).toMatchObject({ id: 'audio_1', data: 'AAECAw==', transcript: 'Hello' });
  });

  it('throws at a fault', async () => {
    const events: ReplyEvent[] = [
      ...[...scatter(reply)].slice(0, 4),
      { type: 'fault', fault: { status: 529, message: 'overloaded' } },
    ];
    const stream = await client(writeAll(events)).chat.completions.create({ ...request, stream: true });
    const reading = async () => {
      for await (const chunk of stream) void chunk;
    };
    await expect(reading()).rejects.toThrow('overloaded');
  });
});

describe('the ai package', () => {
  it('puts a stream together', async () => {
    const provider = createOpenAI({ apiKey: 'k', fetch: answering(writeAll(scatter(reply), asked)) });
    const result = streamText({ model: provider.chat('m'), prompt: 'hi', onError: () => undefined });
    await result.consumeStream();
    expect(await result.text).toBe('Let me see');
    expect(await result.finishReason).toBe('tool-calls');
    expect((await result.sources).map((source) => source.sourceType === 'url' && source.url)).toEqual([
      'https://a.b/',
    ]);
    expect(await result.usage).toMatchObject({ inputTokens: 3, outputTokens: 7 });
  });
});
