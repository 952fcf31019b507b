import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamWriter } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import { conversations, replies } from '../../conversation/conversation.fixture.js';
import { Gathering } from '../../conversation/gather.js';
import { Notes } from '../../conversation/notes.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import { anthropicCodec } from './codec.js';

const CONTEXT = {
  requestId: 'req_1',
  conversation: { model: 'a-model', stream: true, system: [], messages: [], tools: [], sampling: {} },
};

/** As it arrives: written as JSON and read again. */
function overTheWire(body: unknown): Record<string, unknown> {
  return parsePrecise(JSON.stringify(body)) as Record<string, unknown>;
}

function sse(text: string): { event: string | undefined; data: string }[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const [name, data] = event.split('\n');
      return { event: name!.slice('event: '.length), data: data!.slice('data: '.length) };
    });
}

function written(reply: Reply): string {
  const writer: StreamWriter = anthropicCodec.writeStream(CONTEXT);
  let text = '';
  for (const event of scatter(reply)) text += writer.write(event);
  return text;
}

function readBack(text: string): Gathering {
  const reader = anthropicCodec.readStream();
  const gathering = new Gathering();
  for (const event of sse(text)) for (const news of reader.read(event)) gathering.add(news);
  return gathering;
}

/** What Anthropic's protocol makes of a conversation: results do not name their tools, messages are turns. */
function expected(conversation: Conversation): unknown {
  const { messages, tools, toolChoice, output, sampling, ...rest } = conversation;
  const turns: { role: string; parts: unknown[] }[] = [];
  for (const { role, parts } of messages) {
    const plain = parts.map((part) => {
      if (part.kind !== 'result') return part;
      const { name: _name, ...result } = part;
      return result;
    });
    const last = turns.at(-1);
    if (last?.role === role) last.parts.push(...plain);
    else turns.push({ role, parts: plain });
  }
  const { topP: _topP, stop, ...knobs } = sampling;
  return {
    ...rest,
    messages: turns,
    tools,
    ...(toolChoice && { toolChoice }),
    ...(output?.kind === 'schema' && {
      output: { kind: 'schema', schema: expect.any(Object), strict: true },
    }),
    sampling: {
      ...knobs,
      ...(knobs.temperature === undefined && sampling.topP !== undefined && { topP: sampling.topP }),
      ...(stop && { stop }),
      maxTokens: sampling.maxTokens ?? 64_000,
    },
  };
}

describe('requests', () => {
  it('keep everything on their way out and in again', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const { path, body } = anthropicCodec.writeRequest(conversation, {
          model: 'claude-sonnet-4-5',
          preset: 'anthropic',
          notes: new Notes(),
        });
        expect(path).toBe('/v1/messages');
        const read = anthropicCodec.readRequest(overTheWire(body), { model: 'a-model', stream: false });
        expect(read).toEqual(expected(conversation));
      }),
      { numRuns: 300 },
    );
  });
});

/** Refusals by a filter or by the model are one word in this protocol. */
function expectedReply(reply: Reply): unknown {
  return {
    ...reply,
    usage: { ...reply.usage, cacheWritten: 0 },
    candidates: reply.candidates.map((candidate) => ({
      ...candidate,
      finish: expect.objectContaining({
        reason: candidate.finish.reason === 'filtered' ? 'refused' : candidate.finish.reason,
      }),
    })),
  };
}

describe('answers', () => {
  it('keep everything, whole', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const read = anthropicCodec.readReply(overTheWire(anthropicCodec.writeReply(reply, CONTEXT)));
        expect(read).toEqual(expectedReply(reply));
      }),
      { numRuns: 300 },
    );
  });

  it('keep everything, as a stream', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const gathering = readBack(written(reply));
        expect(gathering.fault).toBeUndefined();
        expect(gathering.ended).toBe(true);
        expect(gathering.reply).toEqual(expectedReply(reply));
      }),
      { numRuns: 300 },
    );
  });
});
