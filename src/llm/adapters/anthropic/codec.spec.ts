import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamWriter } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import { conversations, replies } from '../../conversation/conversation.fixture.js';
import { Notes } from '../../conversation/notes.js';
import type { Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import { anthropicCodec } from './codec.js';
import { isBeyondGrammar } from './grammar-limits.js';
import { eventsIn, gather, overTheWire } from './sse.fixture.js';

const CONTEXT = {
  requestId: 'req_1',
  conversation: { model: 'a-model', stream: true, system: [], messages: [], tools: [], sampling: {} },
};

function written(reply: Reply): string {
  const writer: StreamWriter = anthropicCodec.writeStream(CONTEXT);
  let text = '';
  for (const event of scatter(reply)) text += writer.write(event);
  return text;
}

/** What Anthropic's protocol makes of a conversation: results do not name their tools, messages are turns. */
function expected(conversation: Conversation): unknown {
  const { system, messages, tools, toolChoice, output, sampling, ...rest } = conversation;
  // What the grammar cannot hold is asked for in words.
  const isAskedFor = output?.kind === 'schema' && isBeyondGrammar(output.schema);
  const asked = { kind: 'text', text: expect.stringContaining('JSON schema') };
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
    system: isAskedFor ? [...system, asked] : system,
    messages: turns,
    tools,
    ...(toolChoice && { toolChoice }),
    ...(output?.kind === 'schema' &&
      !isAskedFor && { output: expect.objectContaining({ kind: 'schema', schema: expect.any(Object) }) }),
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
        const gathering = gather(anthropicCodec.readStream(), eventsIn(written(reply)));
        expect(gathering.fault).toBeUndefined();
        expect(gathering.ended).toBe(true);
        expect(gathering.reply).toEqual(expectedReply(reply));
      }),
      { numRuns: 300 },
    );
  });
});
