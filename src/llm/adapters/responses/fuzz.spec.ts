import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../../../kernel/errors.js';
import { Gathering } from '../../conversation/gather.js';
import { Notes } from '../../conversation/notes.js';
import type { Reply } from '../../conversation/reply.js';
import { responsesCodec } from './codec.js';
import { bodyOf, eventsOf, plain, readFixture } from './responses.fixture.js';

type Json = Record<string, unknown>;
type Path = readonly (string | number)[];

const ODD = [
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
  { type: 'message' },
  '__proto__',
];
const values = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom<unknown>(...ODD));

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))];
}

/** A few places of a good value hold something else. */
function mutated(value: Json): fc.Arbitrary<Json> {
  const paths = pathsOf(value).filter(({ length }) => length > 0);
  const changes = fc.array(fc.tuple(fc.constantFrom(...paths), values), { minLength: 1, maxLength: 3 });
  return changes.map((list) => {
    const copy = structuredClone(value);
    for (const [path, by] of list) {
      let place: unknown = copy;
      for (const step of path.slice(0, -1)) place = (place as Json | undefined)?.[step];
      if (typeof place === 'object' && place !== null) (place as Json)[path.at(-1)!] = structuredClone(by);
    }
    return copy;
  });
}

/** What is thrown is the caller's fault; anything else ends the test. */
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
    JSON.stringify(responsesCodec.writeReply(reply, { requestId: 'r', conversation: plain })),
  ).not.toThrow();
}

describe('Responses survive', () => {
  it('any request', () => {
    fc.assert(
      fc.property(mutated(bodyOf('request.json')), (request) => {
        const read = orCallersFault(() =>
          responsesCodec.readRequest(request, { model: undefined, stream: false }),
        );
        if (!read) return;
        const context = { model: 'gpt-6', preset: 'openai', notes: new Notes() };
        const out = orCallersFault(() => responsesCodec.writeRequest(read, context));
        if (out) JSON.stringify(out.body);
        const reply = { id: '', model: '', candidates: [] };
        JSON.stringify(responsesCodec.writeReply(reply, { requestId: 'r', conversation: read }));
      }),
      { numRuns: 2000 },
    );
  });

  it('any answer', () => {
    const answer = fc.oneof(mutated(bodyOf('response.json')), fc.dictionary(fc.string(), values));
    fc.assert(
      fc.property(answer, (one) => {
        let reply: Reply;
        try {
          reply = responsesCodec.readReply(one);
        } catch (error) {
          expect(error).not.toBeInstanceOf(TypeError);
          return;
        }
        expectWritable(reply);
      }),
      { numRuns: 2000 },
    );
  });

  it('any stream', () => {
    const events = eventsOf(readFixture('stream.sse')).map(({ data }) => JSON.parse(data) as Json);
    const event = fc.oneof(
      fc.oneof(...events.map(mutated)).map((one) => JSON.stringify(one)),
      fc.constantFrom(...events.map((one) => JSON.stringify(one)), '[DONE]', '', 'x', 'null', '[]'),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (stream) => {
        const reader = responsesCodec.readStream();
        const writer = responsesCodec.writeStream({ requestId: 'r', conversation: plain });
        const gathering = new Gathering();
        for (const data of stream) {
          for (const news of reader.read({ event: undefined, data })) {
            gathering.add(news);
            expect(typeof writer.write(news)).toBe('string');
          }
        }
        expectWritable(gathering.reply);
      }),
      { numRuns: 2000 },
    );
  });

  it('any fault', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          values.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        fc.integer({ min: 400, max: 599 }),
        (body, status) => {
          const fault = responsesCodec.readFault(status, body);
          expect(fault.status).toBe(status);
          expect(fault.message).not.toBe('');
          JSON.stringify(responsesCodec.writeFault(fault, 'r'));
        },
      ),
    );
  });
});
