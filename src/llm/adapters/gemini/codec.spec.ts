import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../../../kernel/errors.js';
import type { ReplyContext } from '../../conversation/codec.js';
import {
  conversations,
  logprobs,
  replies,
  textParts,
  thinkings,
} from '../../conversation/conversation.fixture.js';
import type { Conversation } from '../../conversation/conversation.js';
import { Gathering } from '../../conversation/gather.js';
import { Notes } from '../../conversation/notes.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import { geminiCodec as codec } from './codec.js';
import { mutated } from './mutations.fixture.js';
import { ANSWERS, REQUESTS, STREAMS } from './recorded.fixture.js';

const CONVERSATION: Conversation = {
  model: 'a-model',
  stream: true,
  system: [],
  messages: [],
  tools: [],
  sampling: {},
};
const CONTEXT: ReplyContext = { requestId: 'req_1', conversation: CONVERSATION };

/** Through JSON, as on the wire. */
function wire(value: object): Record<string, unknown> {
  return parsePrecise(JSON.stringify(value)) as Record<string, unknown>;
}

function throughRequest(conversation: Conversation, model: string, preset = 'gemini'): Conversation {
  const { body } = codec.writeRequest(conversation, { model, preset, notes: new Notes() });
  const { model: named, stream } = conversation;
  return codec.readRequest(wire(body), { model: named, stream });
}

/** What the dialect always says, or has no word for. */
function asGemini(conversation: Conversation): Conversation {
  const { output, stream } = conversation;
  return {
    ...conversation,
    ...(stream && { usageInStream: true }),
    ...(output?.kind === 'schema' && { output: { kind: 'schema', schema: output.schema, strict: true } }),
  };
}

function streamed(reply: Reply): Gathering {
  const writer = codec.writeStream(CONTEXT);
  let text = '';
  for (const event of scatter(reply)) text += writer.write(event);
  return gathered(text);
}

function gathered(sse: string): Gathering {
  const reader = codec.readStream();
  const gathering = new Gathering();
  for (const line of sse.split(/\r?\n/)) {
    if (!line.startsWith('data: ')) continue;
    for (const event of reader.read({ event: undefined, data: line.slice(6) })) gathering.add(event);
  }
  return gathering;
}

describe('a conversation through Gemini’s dialect', () => {
  it('keeps everything', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        expect(wire(throughRequest(conversation, 'gemini-3-flash-preview'))).toEqual(
          wire(asGemini(conversation)),
        );
      }),
    );
  });

  it('keeps everything where calls have no ids, but the ids', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const { output: _, ...withoutOutput } = conversation;
        const back = throughRequest(withoutOutput, 'gemini-2.5-flash', 'vertex-express');
        expect(wire(renumbered(back))).toEqual(wire(renumbered(asGemini(withoutOutput))));
      }),
    );
  });

  it('keeps levels and budgets of thinking that the model has', () => {
    const levels = thinkings.filter(({ effort }) => ['minimal', 'low', 'medium', 'high'].includes(effort!));
    fc.assert(
      fc.property(
        textParts,
        levels,
        fc.integer({ min: -1, max: 24_576 }),
        fc.boolean(),
        (part, level, budget, shown) => {
          const said = { ...CONVERSATION, messages: [{ role: 'user' as const, parts: [part] }] };
          const byLevel = { ...said, thinking: { ...level, shown } };
          expect(throughRequest(byLevel, 'gemini-3-flash-preview').thinking).toEqual(byLevel.thinking);
          const byBudget = { ...said, thinking: { budget, shown } };
          expect(throughRequest(byBudget, 'gemini-2.5-flash').thinking).toEqual(byBudget.thinking);
        },
      ),
    );
  });
});

describe('an answer through Gemini’s dialect', () => {
  const withLogprobs = fc
    .tuple(replies, fc.option(logprobs, { nil: undefined }))
    .map(([reply, tokens]): Reply => {
      const bare = tokens?.map(({ token, logprob, top }) => ({
        token,
        logprob,
        top: top.map((one) => ({ token: one.token, logprob: one.logprob })),
      }));
      return { ...reply, candidates: [{ ...reply.candidates[0]!, ...(bare && { logprobs: bare }) }] };
    });

  it('keeps everything', () => {
    fc.assert(
      fc.property(withLogprobs, (reply) => {
        expect(withoutWords(codec.readReply(wire(codec.writeReply(reply, CONTEXT))))).toEqual(reply);
      }),
    );
  });

  it('is the same as a stream', () => {
    fc.assert(
      fc.property(withLogprobs, (reply) => {
        const gathering = streamed(reply);
        expect(gathering.fault).toBeUndefined();
        expect(gathering.ended).toBe(true);
        expect(withoutWords(gathering.reply)).toEqual(reply);
      }),
    );
  });
});

describe('whatever comes', () => {
  const requests = fc.constantFrom(...Object.values(REQUESTS)).chain(mutated);
  const answers = fc.constantFrom(...Object.values(ANSWERS)).chain(mutated);
  const streams = fc.constantFrom(...Object.values(STREAMS)).chain((sse) =>
    fc.tuple(
      ...events(sse).map((event) =>
        fc.oneof(
          fc.constant(event),
          mutated(JSON.parse(event)).map((one) => JSON.stringify(one)),
        ),
      ),
    ),
  );

  it('ends as a conversation or a 400', () => {
    fc.assert(
      fc.property(requests, (body) => {
        try {
          const read = codec.readRequest(body as never, { model: 'm', stream: false });
          for (const model of ['gemini-2.5-pro', 'gemini-3-pro-preview', 'gemma-3-4b-it']) {
            JSON.stringify(codec.writeRequest(read, { model, preset: 'gemini', notes: new Notes() }).body);
          }
        } catch (thrown) {
          if (!(thrown instanceof KeywheelError)) throw thrown;
          expect(thrown.status).toBe(400);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('ends as an answer or the upstream’s error', () => {
    fc.assert(
      fc.property(answers, (body) => {
        try {
          JSON.stringify(codec.writeReply(codec.readReply(body as never), CONTEXT));
        } catch (thrown) {
          expect((thrown as Error).message).toMatch(/^The upstream answered /);
          expect(thrown).not.toBeInstanceOf(KeywheelError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('ends as events in their order', () => {
    fc.assert(
      fc.property(streams, (list) => {
        const reader = codec.readStream();
        const writer = codec.writeStream(CONTEXT);
        const order = new OrderCheck();
        for (const data of list) {
          for (const event of reader.read({ event: undefined, data })) {
            order.see(event);
            writer.write(event);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function events(sse: string): string[] {
  return sse
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
}

class OrderCheck {
  private readonly open = new Set<string>();
  private readonly used = new Set<string>();
  private readonly finished = new Set<number>();
  private last = '';

  see(event: { readonly type: string; readonly candidate?: number; readonly part?: number }): void {
    const { type, candidate = -1 } = event;
    const place = `${candidate}/${event.part}`;
    expect(this.last).not.toBe('fault');
    if (type === 'open' || type === 'whole') {
      expect(this.used.has(place)).toBe(false);
      expect(this.finished.has(candidate)).toBe(false);
      this.used.add(place);
      if (type === 'open') this.open.add(place);
    } else if (type === 'close') {
      expect(this.open.delete(place)).toBe(true);
    } else if (type === 'delta' || type === 'signature' || type === 'citation') {
      expect(this.open.has(place)).toBe(true);
    } else if (type === 'finish') {
      expect(this.finished.has(candidate)).toBe(false);
      expect([...this.open].some((one) => one.startsWith(`${candidate}/`))).toBe(false);
      this.finished.add(candidate);
    }
    this.last = type;
  }
}

/** Gemini's own words for the finish are told beside the reason. */
function withoutWords(reply: Reply): Reply {
  return {
    ...reply,
    candidates: reply.candidates.map(({ extras: _, ...candidate }) => ({
      ...candidate,
      finish: { reason: candidate.finish.reason },
    })),
  };
}

/** Calls and results numbered in order of the calls. */
function renumbered(conversation: Conversation): Conversation {
  const ids = new Map<string, string>();
  for (const { parts } of conversation.messages) {
    for (const part of parts) if (part.kind === 'call') ids.set(part.id, `call${ids.size}`);
  }
  return {
    ...conversation,
    messages: conversation.messages.map((message) => ({
      ...message,
      parts: message.parts.map((part) => {
        if (part.kind === 'call') return { ...part, id: ids.get(part.id)! };
        return part.kind === 'result' ? { ...part, callId: ids.get(part.callId)! } : part;
      }),
    })),
  };
}
