import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../../kernel/errors.js';
import type { Conversation } from '../conversation/conversation.js';
import { Notes } from '../conversation/notes.js';
import { CODECS } from './codecs.js';
import { plain } from './openai/chat.fixture.js';

function written(dialect: keyof typeof CODECS, said: Partial<Conversation>) {
  const notes = new Notes();
  const context = { model: 'm', preset: 'openai', notes };
  const { body } = CODECS[dialect].writeRequest({ ...plain, ...said }, context);
  return { body: body as Record<string, never>, warnings: notes.warnings };
}

const properties = { city: { type: 'string' } };
const open = { type: 'object', properties, required: ['city'] };
const closed = { ...open, additionalProperties: false };

/** As Gemini's clients mean any schema. */
const format = (schema: object) =>
  ({ output: { kind: 'schema', schema, strict: true } }) as Partial<Conversation>;
const tool = (parameters?: object) =>
  ({
    tools: [{ kind: 'function', name: 'f', strict: true, ...(parameters && { parameters }) }],
  }) as unknown as Partial<Conversation>;

describe.each([
  [
    'chat',
    (body: Record<string, { json_schema: unknown }>) => body.response_format!.json_schema,
    (body: Record<string, { function: unknown }[]>) => body.tools![0]!.function,
  ],
  [
    'responses',
    (body: Record<string, { format: unknown }>) => body.text!.format,
    (body: Record<string, unknown[]>) => body.tools![0],
  ],
] as const)('guarantees in requests of %s', (dialect, formatIn, toolIn) => {
  it('are asked for with the schema closed, as OpenAI wants it', () => {
    const { body, warnings } = written(dialect, format(open));
    expect(formatIn(body)).toMatchObject({ schema: closed, strict: true });
    expect(toolIn(written(dialect, tool(open)).body)).toMatchObject({ parameters: closed, strict: true });
    expect(warnings).toEqual([]);
  });

  it('are left out, and that is told, where the schema leaves something open', () => {
    const { body, warnings } = written(dialect, format({ type: 'object', properties }));
    expect(formatIn(body)).toMatchObject({ schema: { type: 'object', properties }, strict: false });
    expect(warnings).toEqual(['dropped:strict']);
    expect(toolIn(written(dialect, tool({ type: 'object', properties })).body)).toMatchObject({
      strict: false,
    });
  });

  it('arguments are an object, whatever the schema leaves out', () => {
    expect(toolIn(written(dialect, tool({})).body)).toMatchObject({
      parameters: { type: 'object', properties: {} },
    });
  });
});

it.each(['chat', 'anthropic', 'gemini'] as const)(
  '%s: a conversation without a word is refused',
  (dialect) => {
    const messages: Conversation['messages'] = [{ role: 'user', parts: [] }];
    expect(() => written(dialect, { messages })).toThrow(KeywheelError);
  },
);
