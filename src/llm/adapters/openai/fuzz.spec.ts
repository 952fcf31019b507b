import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../../../kernel/errors.js';
import { Gathering } from '../../conversation/gather.js';
import { Notes } from '../../conversation/notes.js';
import type { Reply } from '../../conversation/reply.js';
import { eventsOf, plain, readFixture } from './chat.fixture.js';
import { chatCodec } from './codec.js';

/** Whatever a value of JSON may be, more often one that means something somewhere. */
const values = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    '',
    'text',
    0,
    -1,
    1e300,
    true,
    [],
    {},
    [[]],
    [null],
    [{}],
    { type: 'text' },
    '__proto__',
    'constructor',
    undefined,
  ),
);

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))];
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[step] = replaced(copy[step], rest, by);
  return copy;
}

/** A few places of a good value hold something else. */
function mutated(value: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> {
  const paths = pathsOf(value).filter(({ length }) => length > 0);
  const change = fc.tuple(fc.constantFrom(...paths), values);
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    let out: unknown = value;
    for (const [path, by] of changes) {
      try {
        out = replaced(out, path, by);
      } catch {
        // The way was cut by an earlier change.
      }
    }
    return out as Record<string, unknown>;
  });
}

const PRESETS = ['openai', 'openrouter', 'deepseek', 'mistral', 'groq', 'vllm', 'siliconflow', ''];

/** What is thrown is of the one class, and the caller's fault; anything else ends the test. */
function orCallersFault<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof KeywheelError && error.status === 400) return undefined;
    throw error;
  }
}

function expectWritable(reply: Reply): void {
  expect(() =>
    JSON.stringify(chatCodec.writeReply(reply, { requestId: 'r', conversation: plain })),
  ).not.toThrow();
}

describe('Chat Completions survives', () => {
  const { body } = JSON.parse(readFixture('request.json')) as { body: Record<string, unknown> };
  const { tools, web_search_options: _search, ...rest } = body;
  const common = { ...rest, tools: (tools as unknown[]).slice(0, 1) };
  const answers = Object.values(
    JSON.parse(readFixture('replies.json')) as Record<string, { body: Record<string, unknown> }>,
  );

  it('any request', () => {
    fc.assert(
      fc.property(
        fc.oneof(mutated(body), mutated(common)),
        fc.constantFrom(...PRESETS),
        (request, preset) => {
          const read = orCallersFault(() =>
            chatCodec.readRequest(request, { model: undefined, stream: false }),
          );
          if (!read) return;
          const notes = new Notes();
          const context = { model: 'gpt-6', preset, notes };
          const out = orCallersFault(() => chatCodec.writeRequest(read, context));
          if (out) JSON.stringify(out.body);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('any answer', () => {
    const answer = fc.oneof(...answers.map((one) => mutated(one.body)), fc.dictionary(fc.string(), values));
    fc.assert(
      fc.property(answer, (one) => {
        let reply: Reply;
        try {
          reply = chatCodec.readReply(one);
        } catch (error) {
          expect(error).not.toBeInstanceOf(TypeError);
          expect(error).not.toBeInstanceOf(KeywheelError);
          return;
        }
        expectWritable(reply);
      }),
      { numRuns: 2000 },
    );
  });

  it('any stream', () => {
    const names = ['text', 'calls', 'interleaved', 'google', 'openrouter', 'audio', 'broken'];
    const chunks = names
      .flatMap((name) => eventsOf(readFixture(`${name}.sse`)))
      .filter(({ data }) => data !== '[DONE]')
      .map(({ data }) => JSON.parse(data) as Record<string, unknown>);
    const event = fc.oneof(
      fc.oneof(...chunks.map((chunk) => mutated(chunk))).map((chunk) => JSON.stringify(chunk)),
      fc.constantFrom(...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]', '', 'x', 'null', '[]'),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 8 }), (stream) => {
        const reader = chatCodec.readStream();
        const writer = chatCodec.writeStream({ requestId: 'r', conversation: plain });
        const gathering = new Gathering();
        for (const data of [...stream, '[DONE]']) {
          for (const news of reader.read({ event: undefined, data })) {
            gathering.add(news);
            expect(typeof writer.write(news)).toBe('string');
          }
        }
        expect(gathering.ended).toBe(gathering.fault === undefined);
        expectWritable(gathering.reply);
      }),
      { numRuns: 2000 },
    );
  });

  it('any fault', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        const fault = chatCodec.readFault(status, text);
        expect(fault.message).not.toBe('');
        expect(chatCodec.writeFault(fault, 'r')).toHaveProperty('error.message');
      }),
    );
  });
});
