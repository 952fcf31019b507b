import { createAnthropic } from '@ai-sdk/anthropic';
import Anthropic from '@anthropic-ai/sdk';
import { generateText, streamText } from 'ai';
import { describe, expect, it } from 'vitest';
import type { ReplyContext } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Part } from '../../conversation/parts.js';
import type { Reply } from '../../conversation/reply.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { scatter } from '../../conversation/scatter.js';
import { anthropicCodec } from './codec.js';
import { overTheWire } from './sse.fixture.js';

/** An answer of Gemini with all that Anthropic's clients have no field for. */
const REPLY: Reply = {
  id: 'resp_1',
  model: 'gemini-3-pro',
  candidates: [
    {
      index: 0,
      parts: [
        { kind: 'thought', text: 'Let me see.', signature: { origin: 'gemini', value: 'VEhPVUdIVA==' } },
        { kind: 'text', text: 'I look it up.', signature: { origin: 'gemini', value: 'VEVYVA==' } },
        {
          kind: 'call',
          id: 'call#1',
          name: 'look_up',
          arguments: '{"q":"x"}',
          signature: { origin: 'gemini', value: 'Q0FMTA==' },
        },
        { kind: 'call', id: 'call_2', name: 'look_up', arguments: '{}' },
      ],
      finish: { reason: 'calls' },
    },
  ],
  usage: { input: 30, output: 20, cached: 10, reasoning: 4 },
};
const CONTEXT: ReplyContext = {
  requestId: 'req_1',
  conversation: { model: 'fast', stream: true, system: [], messages: [], tools: [], sampling: {} },
};

/** Answers every request with the reply, whole or as a stream; `asked` gets the bodies. */
function answering(reply: Reply, asked: Fields[] = []): typeof fetch {
  return async (_url, init) => {
    const body = JSON.parse(init?.body as string) as Fields;
    asked.push(body);
    if (!body.stream) return Response.json(overTheWire(anthropicCodec.writeReply(reply, CONTEXT)));
    const headers = { 'content-type': 'text/event-stream' };
    return new Response(streamed(scatter(reply)), { headers });
  };
}

function streamed(events: Iterable<ReplyEvent>): string {
  const writer = anthropicCodec.writeStream(CONTEXT);
  let text = '';
  for (const event of events) text += writer.write(event);
  return text;
}

function assistantParts(body: unknown): readonly Part[] {
  const { messages } = anthropicCodec.readRequest(overTheWire(body), { model: undefined, stream: false });
  return messages.find(({ role }) => role === 'assistant')!.parts;
}

const sdk = (fetch: typeof globalThis.fetch) => new Anthropic({ apiKey: 'k', fetch, maxRetries: 0 });
const QUESTION = { model: 'fast', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hi' }] };

describe('@anthropic-ai/sdk', () => {
  it.each([true, false])(
    'gives an answer back as it was, signatures and all (stream: %s)',
    async (stream) => {
      const client = sdk(answering(REPLY));
      const message = stream
        ? await client.messages.stream(QUESTION).finalMessage()
        : await client.messages.create(QUESTION);
      expect(message.stop_reason).toBe('tool_use');
      expect(message.usage).toMatchObject({
        input_tokens: 20,
        cache_read_input_tokens: 10,
        output_tokens: 20,
        output_tokens_details: { thinking_tokens: 4 },
      });
      const next = {
        ...QUESTION,
        messages: [...QUESTION.messages, { role: 'assistant', content: message.content }],
      };
      expect(assistantParts(next)).toEqual(REPLY.candidates[0]!.parts);
    },
  );

  it('throws where the stream tells of a fault', async () => {
    const events = [...scatter(REPLY)].slice(0, 4);
    const text = streamed([...events, { type: 'fault', fault: { status: 529, message: 'Too much' } }]);
    const client = sdk(async () => new Response(text, { headers: { 'content-type': 'text/event-stream' } }));
    await expect(client.messages.stream(QUESTION).finalMessage()).rejects.toThrow('Too much');
  });
});

describe("Vercel's provider", () => {
  const provider = (fetch: typeof globalThis.fetch) => createAnthropic({ apiKey: 'k', fetch })('fast');

  it.each([true, false])(
    'gives an answer back as it was, signatures and all (stream: %s)',
    async (stream) => {
      const asked: Fields[] = [];
      const model = provider(answering(REPLY, asked));
      const result = stream
        ? streamText({ model, prompt: 'Hi', tools: {} })
        : await generateText({ model, prompt: 'Hi', tools: {} });
      const { messages } = await result.response;
      expect(await result.finishReason).toBe('tool-calls');
      await generateText({
        model,
        messages: [
          { role: 'user', content: 'Hi' },
          ...messages.filter(({ role }) => role === 'assistant'),
          {
            role: 'tool',
            content: ['call#1', 'call_2'].map((toolCallId) => ({
              type: 'tool-result' as const,
              toolCallId,
              toolName: 'look_up',
              output: { type: 'text' as const, value: 'found' },
            })),
          },
        ],
      });
      expect(assistantParts(asked.at(-1))).toEqual(REPLY.candidates[0]!.parts);
    },
  );
});
