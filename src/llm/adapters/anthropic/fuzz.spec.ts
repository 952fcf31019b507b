import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../../../kernel/errors.js';
import type { Fields } from '../../conversation/dialect.js';
import { Notes } from '../../conversation/notes.js';
import messages from './__fixtures__/messages.json' with { type: 'json' };
import { anthropicCodec } from './codec.js';
import { recordedEvents } from './sse.fixture.js';

/** Every value of Anthropic's vocabulary is likely, so that mutated bodies get far. */
const words = fc.constantFrom(
  ...[
    'text',
    'image',
    'document',
    'tool_use',
    'tool_result',
    'thinking',
    'redacted_thinking',
    'search_result',
  ],
  ...[
    'base64',
    'url',
    'file',
    'content',
    'user',
    'assistant',
    'system',
    'any',
    'tool',
    'enabled',
    'adaptive',
  ],
  ...['kw1.gemini.#next#x', 'kw1.gemini.#call:a#x', 'kw1.gemini.#last#', 'kw1.', 'json_schema', '__proto__'],
);
const fields = fc.constantFrom(
  ...[
    'type',
    'text',
    'source',
    'content',
    'data',
    'id',
    'name',
    'input',
    'tool_use_id',
    'thinking',
    'signature',
  ],
  ...['citations', 'cache_control', 'title', 'media_type', 'url', 'role', 'schema', 'format', '__proto__'],
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fields, tie('value'), { maxKeys: 5 }),
  ),
})).value;

const BODY = {
  model: 'm',
  max_tokens: 10,
  system: [{ type: 'text', text: 's' }],
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'a' }] },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
    {
      role: 'user',
      content: [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'b' }] }],
    },
  ],
  tools: [{ name: 'f', input_schema: { type: 'object' } }],
  tool_choice: { type: 'auto' },
  thinking: { type: 'adaptive' },
  output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
};

/** Puts a value at a random place of a JSON value. */
function mutated(whole: unknown, place: number, value: unknown): unknown {
  const places: { holder: Record<string, unknown>; name: string }[] = [];
  const copy = structuredClone({ whole });
  const walk = (holder: Record<string, unknown>): void => {
    for (const name of Object.keys(holder)) {
      places.push({ holder, name });
      const inner = holder[name];
      if (typeof inner === 'object' && inner !== null) walk(inner as Record<string, unknown>);
    }
  };
  walk(copy);
  const { holder, name } = places[place % places.length]!;
  holder[name] = value;
  return copy.whole;
}

describe('whatever comes', () => {
  it('a request is read and written, or refused with a 400', () => {
    fc.assert(
      fc.property(fc.nat(), values, fc.nat(), values, (place, value, otherPlace, other) => {
        const body = mutated(mutated(BODY, place, value), otherPlace, other);
        if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
        try {
          const read = anthropicCodec.readRequest(body as Fields, { model: undefined, stream: false });
          const context = { model: 'claude-opus-4-6', preset: 'anthropic', notes: new Notes() };
          JSON.stringify(anthropicCodec.writeRequest(read, context));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(KeywheelError);
          expect((thrown as KeywheelError).status).toBe(400);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('an answer is read and written, or refused', () => {
    const answers = Object.values(messages).filter((answer) => typeof answer === 'object');
    const conversation = { model: 'm', stream: true, system: [], messages: [], tools: [], sampling: {} };
    fc.assert(
      fc.property(fc.constantFrom(...answers), fc.nat(), values, (answer, place, value) => {
        const body = mutated(answer, place, value);
        if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
        try {
          const reply = anthropicCodec.readReply(body as Fields);
          JSON.stringify(anthropicCodec.writeReply(reply, { requestId: 'r', conversation }));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(KeywheelError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('a stream is read and written in order, and never throws', () => {
    const streams = ['stream-text', 'stream-tool', 'stream-thinking', 'stream-search'].map(recordedEvents);
    const conversation = { model: 'm', stream: true, system: [], messages: [], tools: [], sampling: {} };
    fc.assert(
      fc.property(fc.constantFrom(...streams), fc.nat(), fc.nat(), values, (events, at, place, value) => {
        const reader = anthropicCodec.readStream();
        const writer = anthropicCodec.writeStream({ requestId: 'r', conversation });
        const closed = new Set<number>();
        for (const [index, event] of events.entries()) {
          const isHit = index === at % events.length;
          const data = isHit ? JSON.stringify(mutated(JSON.parse(event.data), place, value)) : event.data;
          for (const news of reader.read({ event: event.event, data: data ?? '' })) {
            writer.write(news);
            if (news.type === 'open') expect(closed.has(news.part)).toBe(false);
            if (news.type === 'close') closed.add(news.part);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
