import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversations, logprobs, replies } from '../../conversation/conversation.fixture.js';
import type { Conversation } from '../../conversation/conversation.js';
import { Gathering } from '../../conversation/gather.js';
import { Notes } from '../../conversation/notes.js';
import type { Part, Signature } from '../../conversation/parts.js';
import type { Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import { responsesCodec } from './codec.js';
import { eventsOf, plain } from './responses.fixture.js';

const context = { requestId: 'req_1', conversation: plain };

/** The dialect has no stop sequences, and no limits below 16. */
function expressible({
  sampling: { stop: _stop, maxTokens, ...sampling },
  ...rest
}: Conversation): Conversation {
  return { ...rest, sampling: { ...sampling, ...(maxTokens && { maxTokens: maxTokens + 16 }) } };
}

describe('conversations in Responses', () => {
  it('come back from what was written of them', () => {
    fc.assert(
      fc.property(conversations.map(expressible), (said) => {
        const notes = new Notes();
        const { body } = responsesCodec.writeRequest(said, { model: said.model, preset: 'openai', notes });
        const facts = { model: undefined, stream: false };
        const { extras: _extras, ...read } = responsesCodec.readRequest(
          JSON.parse(JSON.stringify(body)),
          facts,
        );
        expect(read).toEqual({
          ...said,
          ...(said.tools.length === 0 && { toolChoice: undefined }),
          messages: said.messages.map(({ parts, ...message }) => ({
            ...message,
            parts: parts.map((part) =>
              part.kind === 'result' ? { ...part, name: undefined } : detailed(part),
            ),
          })),
        });
        expect(notes.warnings).toEqual([]);
      }),
    );
  });
});

/** How closely to look at an image is always said. */
function detailed(part: Part): Part {
  return part.kind === 'media' ? { ...part, detail: 'auto' } : part;
}

/** Refusals and endings as the dialect knows them. */
function finished({ candidates, ...reply }: Reply) {
  return {
    ...reply,
    created: 0,
    extras: undefined,
    candidates: candidates.map(({ finish, parts, ...rest }) => ({
      ...rest,
      parts: parts.map((part) => ({ ...part, extras: undefined })),
      finish: finish.reason,
    })),
    usage: { cacheWritten: 0, ...reply.usage },
  };
}

/** The client's next request gets the id of the response from here; the reply's own is another dialect's. */
const answers = replies.map((reply): Reply => ({ ...reply, id: 'resp_1' }));
const withLogprobs = fc.tuple(answers, logprobs).map(
  ([
    {
      candidates: [one],
      ...rest
    },
    tokens,
  ]): Reply => {
    const says = one!.parts.some(({ kind }) => kind === 'text');
    return { ...rest, candidates: [{ ...one!, ...(says && { logprobs: tokens }) }] };
  },
);

function streamed(reply: Reply): Gathering {
  const writer = responsesCodec.writeStream(context);
  const reader = responsesCodec.readStream();
  const gathering = new Gathering();
  for (const event of scatter(reply)) {
    for (const piece of eventsOf(writer.write(event))) {
      for (const news of reader.read(piece)) gathering.add(news);
    }
  }
  return gathering;
}

describe('answers in Responses', () => {
  it('come back from what was written of them', () => {
    fc.assert(
      fc.property(withLogprobs, (reply) => {
        const written: unknown = JSON.parse(JSON.stringify(responsesCodec.writeReply(reply, context)));
        expect(finished(responsesCodec.readReply(written as Record<string, unknown>))).toEqual(
          finished(reply),
        );
      }),
    );
  });

  it('are the same event by event', () => {
    fc.assert(
      fc.property(answers, (reply) => {
        const gathering = streamed(reply);
        expect(gathering.ended).toBe(true);
        expect(finished(gathering.reply)).toEqual(finished(reply));
      }),
    );
  });

  it('give a client all that the next request has to hold', () => {
    const signature = fc.record({
      origin: fc.constantFrom('anthropic', 'gemini', 'chat'),
      value: fc.base64String({ minLength: 4 }),
    }) as fc.Arbitrary<Signature>;
    fc.assert(
      fc.property(answers, signature, fc.boolean(), ({ candidates: [one], ...rest }, signed, redacted) => {
        const parts = one!.parts.map((part): Part =>
          part.kind === 'thought' && redacted
            ? { kind: 'thought', text: '', redacted: true, signature: signed }
            : { ...part, signature: signed },
        );
        const reply: Reply = { ...rest, candidates: [{ ...one!, parts }] };
        const { output } = responsesCodec.writeReply(reply, context);
        const input: unknown = JSON.parse(JSON.stringify(output));
        const { messages } = responsesCodec.readRequest(
          { model: 'm', input },
          { model: undefined, stream: false },
        );
        expect(messages).toEqual([{ role: 'assistant', parts }]);
      }),
    );
  });

  it('have the same items and ids as a stream, and numbers without gaps', () => {
    fc.assert(
      fc.property(answers, (reply) => {
        const writer = responsesCodec.writeStream(context);
        let text = '';
        for (const event of scatter(reply)) text += writer.write(event);
        const events = eventsOf(text).map(({ data }) => JSON.parse(data) as Record<string, unknown>);
        expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
        expect(events.at(-1)!.response).toEqual(
          JSON.parse(JSON.stringify(responsesCodec.writeReply(reply, context))),
        );
      }),
    );
  });
});
