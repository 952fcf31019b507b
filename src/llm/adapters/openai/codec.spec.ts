import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversations, logprobs, replies } from '../../conversation/conversation.fixture.js';
import type { Conversation } from '../../conversation/conversation.js';
import { Gathering } from '../../conversation/gather.js';
import { Notes } from '../../conversation/notes.js';
import type { Signature } from '../../conversation/parts.js';
import type { Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import { chatCodec } from './codec.js';

const conversation: Conversation = {
  model: 'm',
  stream: true,
  system: [],
  messages: [],
  tools: [],
  sampling: {},
  usageInStream: true,
};

function eventsOf(text: string): { event: string | undefined; data: string }[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => ({ event: undefined, data: block.slice('data: '.length) }));
}

function streamed(reply: Reply): Gathering {
  const writer = chatCodec.writeStream({ requestId: 'req_1', conversation });
  const reader = chatCodec.readStream();
  const gathering = new Gathering();
  for (const event of scatter(reply)) {
    for (const piece of eventsOf(writer.write(event))) {
      for (const news of reader.read(piece)) gathering.add(news);
    }
  }
  return gathering;
}

describe('conversations in Chat Completions', () => {
  it('come back from what was written of them', () => {
    fc.assert(
      fc.property(conversations, (said) => {
        const context = { model: said.model, preset: 'openai', notes: new Notes() };
        const { body } = chatCodec.writeRequest(said, context);
        const facts = { model: undefined, stream: false };
        const read = chatCodec.readRequest(JSON.parse(JSON.stringify(body)), facts);
        const expected: object = {
          ...said,
          ...(said.tools.length === 0 && { toolChoice: undefined }),
          messages: said.messages.flatMap(({ parts, ...message }): object[] =>
            message.role === 'tool'
              ? parts.map((part) => ({ ...message, parts: [{ ...part, name: undefined }] }))
              : [{ ...message, parts }],
          ),
        };
        expect({ ...read, usageInStream: undefined }).toEqual(expected);
        expect(context.notes.warnings).toEqual([]);
      }),
    );
  });
});

describe('answers in Chat Completions', () => {
  const finished = ({ candidates, ...reply }: Reply) => ({
    ...reply,
    created: 0,
    candidates: candidates.map(({ finish, ...rest }) => ({ ...rest, finish: finish.reason })),
  });

  it('come back from what was written of them', () => {
    fc.assert(
      fc.property(replies, logprobs, ({ candidates: [one], ...rest }, tokens) => {
        const reply: Reply = { ...rest, candidates: [{ ...one!, logprobs: tokens }] };
        const written = chatCodec.writeReply(reply, { requestId: 'req_1', conversation });
        const read = chatCodec.readReply(JSON.parse(JSON.stringify(written)));
        expect(finished(read)).toEqual(finished(reply));
      }),
    );
  });

  it('give a client all that the next request has to hold', () => {
    const origins = fc.constantFrom('anthropic', 'gemini', 'responses');
    const signature = fc.record({
      origin: origins,
      value: fc.base64String({ minLength: 4 }),
    }) as fc.Arbitrary<Signature>;
    fc.assert(
      fc.property(replies, signature, ({ candidates: [one], ...rest }, signed) => {
        const parts = one!.parts.map((part) =>
          part.kind === 'thought' || part.kind === 'call' ? { ...part, signature: signed } : part,
        );
        const reply: Reply = { ...rest, candidates: [{ ...one!, parts }] };
        const { choices } = chatCodec.writeReply(reply, { requestId: 'req_1', conversation });
        const [{ message }] = choices as [{ message: unknown }];
        const said = { model: 'm', messages: [JSON.parse(JSON.stringify(message))] };
        const { messages } = chatCodec.readRequest(said, { model: undefined, stream: false });
        expect(messages[0]!.parts).toEqual(parts);
      }),
    );
  });

  it('are the same event by event', () => {
    fc.assert(
      fc.property(replies, logprobs, ({ candidates: [one], ...rest }, tokens) => {
        const reply: Reply = { ...rest, candidates: [{ ...one!, logprobs: tokens }] };
        const gathering = streamed(reply);
        expect(gathering.ended).toBe(true);
        expect(finished(gathering.reply)).toEqual(finished(reply));
      }),
    );
  });
});
