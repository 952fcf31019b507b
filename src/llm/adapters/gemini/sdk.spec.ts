import { createGoogle } from '@ai-sdk/google';
import { GoogleGenAI } from '@google/genai';
import { generateText, streamText, tool } from 'ai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ReplyContext } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import { Notes } from '../../conversation/notes.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import { geminiCodec as codec } from './codec.js';

/*
 * The public clients speak to a server that reads what they ask and writes what a model of another provider is
 * made to answer.
 */

const ANSWER: Reply = {
  id: 'msg_1',
  model: 'claude',
  candidates: [
    {
      index: 0,
      parts: [
        { kind: 'thought', text: 'Let me look.', signature: { origin: 'anthropic', value: 'EqQB' } },
        {
          kind: 'text',
          text: 'Looking up ünï.',
          citations: [{ url: 'https://a.example', title: 'A', from: 11, to: 14 }],
        },
        { kind: 'call', id: 'toolu_1', name: 'look_up', arguments: '{"city":"Paris"}' },
        { kind: 'call', id: 'toolu_2', name: 'look_up', arguments: '{"city":"Rome"}' },
      ],
      finish: { reason: 'calls', native: 'tool_use' },
    },
  ],
  usage: { input: 12, output: 30, reasoning: 7, cached: 4 },
};

const DONE: Reply = {
  id: 'msg_2',
  model: 'claude',
  candidates: [{ index: 0, parts: [{ kind: 'text', text: 'Sunny.' }], finish: { reason: 'stop' } }],
  usage: { input: 50, output: 2 },
};

let server: Server;
let baseUrl: string;
const asked: Conversation[] = [];

beforeAll(async () => {
  server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const stream = req.url!.includes(':streamGenerateContent');
      const body = parsePrecise(Buffer.concat(chunks).toString()) as Record<string, unknown>;
      const conversation = codec.readRequest(body, { model: 'm', stream });
      asked.push(conversation);
      const context = { requestId: 'req_1', conversation } as ReplyContext;
      const answered = conversation.messages.some(({ role }) => role === 'tool');
      const reply = answered ? DONE : ANSWER;
      const writer = codec.writeStream(context);
      res.setHeader('content-type', stream ? 'text/event-stream' : 'application/json');
      if (stream) for (const event of scatter(reply)) res.write(writer.write(event));
      res.end(stream ? '' : JSON.stringify(codec.writeReply(reply, context)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => server.close());

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

describe('@google/genai', () => {
  const config = {
    systemInstruction: 'Be brief.',
    temperature: 0.5,
    tools: [{ functionDeclarations: [{ name: 'look_up', parametersJsonSchema: SCHEMA }] }],
    thinkingConfig: { thinkingBudget: 2000, includeThoughts: true },
  };
  const client = () => new GoogleGenAI({ apiKey: 'kw_x', httpOptions: { baseUrl } });

  it('asks, and reads an answer', async () => {
    const answer = await client().models.generateContent({ model: 'm', contents: 'Weather?', config });
    expect(answer.text).toBe('Looking up ünï.');
    expect(answer.functionCalls).toEqual([
      { id: 'toolu_1', name: 'look_up', args: { city: 'Paris' } },
      { id: 'toolu_2', name: 'look_up', args: { city: 'Rome' } },
    ]);
    expect(answer.usageMetadata).toMatchObject({
      promptTokenCount: 12,
      candidatesTokenCount: 23,
      thoughtsTokenCount: 7,
      cachedContentTokenCount: 4,
      totalTokenCount: 42,
    });
    expect(asked.at(-1)).toMatchObject({
      system: [{ kind: 'text', text: 'Be brief.' }],
      messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Weather?' }] }],
      tools: [{ kind: 'function', name: 'look_up', parameters: SCHEMA }],
      sampling: { temperature: 0.5 },
      thinking: { budget: 2000, shown: true },
    });
  });

  it('brings everything back in the next turn of a chat, as a stream', async () => {
    const chat = client().chats.create({ model: 'm', config });
    let text = '';
    for await (const chunk of await chat.sendMessageStream({ message: 'Weather?' })) text += chunk.text ?? '';
    expect(text).toBe('Looking up ünï.');
    const results = ['toolu_1', 'toolu_2'].map((id) => ({
      functionResponse: { id, name: 'look_up', response: { output: 'sun' } },
    }));
    const next = await chat.sendMessage({ message: results });
    expect(next.text).toBe('Sunny.');
    const { messages } = asked.at(-1)!;
    expect(messages.map(({ role }) => role)).toContain('tool');
    const parts = messages.flatMap((message) => message.parts);
    expect(parts.filter(({ kind }) => kind === 'call')).toMatchObject([{ id: 'toolu_1' }, { id: 'toolu_2' }]);
    expect(parts.find(({ signature }) => signature)).toMatchObject({
      kind: 'thought',
      signature: { origin: 'anthropic', value: 'EqQB' },
    });
    expect(parts.filter(({ kind }) => kind === 'result')).toMatchObject([
      { callId: 'toolu_1', name: 'look_up', parts: [{ text: 'sun' }] },
      { callId: 'toolu_2', name: 'look_up', parts: [{ text: 'sun' }] },
    ]);
    // And it is what Gemini itself would take.
    const { body } = codec.writeRequest(asked.at(-1)!, {
      model: 'gemini-3-pro',
      preset: 'gemini',
      notes: new Notes(),
    });
    expect(JSON.stringify(body)).toContain('skip_thought_signature_validator');
  });
});

describe('@ai-sdk/google', () => {
  const model = () =>
    createGoogle({ apiKey: 'kw_x', baseURL: `${baseUrl}/v1beta` })('gemini-3-flash-preview');
  const tools = {
    look_up: tool({ inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `sun in ${city}` }),
  };

  it('runs a loop of tools', async () => {
    const stopWhen = ({ steps }: { steps: readonly unknown[] }) => steps.length === 3;
    const { text, steps } = await generateText({ model: model(), tools, prompt: 'Weather?', stopWhen });
    expect(text).toBe('Sunny.');
    expect(steps[0]).toMatchObject({ reasoningText: 'Let me look.', finishReason: 'tool-calls' });
    expect(steps[0]!.sources).toMatchObject([{ url: 'https://a.example', title: 'A' }]);
    expect(steps[0]!.usage).toMatchObject({ inputTokens: 12, outputTokens: 30 });
    const results = asked
      .at(-1)!
      .messages.flatMap(({ parts }) => parts.filter(({ kind }) => kind === 'result'));
    expect(results).toMatchObject([{ callId: 'toolu_1' }, { callId: 'toolu_2' }]);
  });

  it('runs it as a stream', async () => {
    const stopWhen = ({ steps }: { steps: readonly unknown[] }) => steps.length === 3;
    const streamed = streamText({ model: model(), tools, prompt: 'Weather?', stopWhen });
    let text = '';
    for await (const piece of streamed.textStream) text += piece;
    expect(text).toContain('Sunny.');
    const [first] = await streamed.steps;
    expect(first).toMatchObject({ reasoningText: 'Let me look.', finishReason: 'tool-calls' });
    expect(first!.toolCalls.map(({ toolCallId }) => toolCallId)).toEqual(['toolu_1', 'toolu_2']);
  });
});
