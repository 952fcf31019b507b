import fc from 'fast-check';
import type { Conversation, Message, OutputFormat, Sampling, Thinking } from './conversation.js';
import { EFFORTS } from './conversation.js';
import type { CallPart, MediaPart, ResultPart, TextPart } from './parts.js';
import type { Candidate, Finish, Reply, TokenCounts, TokenLogprob } from './reply.js';
import type { FunctionTool, ToolChoice } from './tools.js';

/*
 * Random conversations and answers that every dialect can express; a codec adds or leaves out what its own dialect
 * can do more or less, by mapping these.
 */

/** Text that is not blank, with what is easily broken on the wire. */
export const texts = fc
  .oneof(
    fc.string({ minLength: 1, unit: 'grapheme' }),
    fc.constantFrom('data: [DONE]\n\n', 'a\r\nb', '"\\u2028', '👩‍👩‍👧 ünï', '{"a":', '</think>'),
  )
  .filter((text) => text.trim() !== '');

const names = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);

const base64 = fc
  .uint8Array({ minLength: 3, maxLength: 24 })
  .map((bytes) => Buffer.from(bytes).toString('base64'));

export const textParts: fc.Arbitrary<TextPart> = texts.map((text) => ({ kind: 'text', text }));

export const images: fc.Arbitrary<MediaPart> = fc.oneof(
  fc.record({
    kind: fc.constant('media' as const),
    media: fc.constant('image' as const),
    mime: fc.constantFrom('image/png', 'image/jpeg', 'image/webp'),
    source: fc.record({ kind: fc.constant('base64' as const), data: base64 }),
  }),
);

/** JSON Schemas with what is easily lost: anyOf, $ref, enum, null, additionalProperties, nesting. */
export const schemas = fc.constantFrom<Record<string, unknown>>(
  { type: 'object', properties: { city: { type: 'string', description: 'Where' } }, required: ['city'] },
  {
    type: 'object',
    properties: {
      at: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
      mode: { type: 'string', enum: ['a', 'b'] },
      tree: { $ref: '#/$defs/node' },
    },
    required: ['at'],
    additionalProperties: false,
    $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
  },
  { type: 'object', properties: {} },
  {
    type: 'object',
    properties: {
      rows: { type: 'array', items: { type: 'object', additionalProperties: { type: 'number' } } },
    },
  },
);

export const tools: fc.Arbitrary<FunctionTool> = fc.record(
  {
    kind: fc.constant('function' as const),
    name: names,
    description: texts,
    parameters: schemas,
  },
  { requiredKeys: ['kind', 'name', 'parameters'] },
);

const callArguments = fc.oneof(
  fc.dictionary(names, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).map((value) => JSON.stringify(value)),
  fc.constantFrom('{}', '{"id":12345678901234567890}', '{"text":"a\\"b\\\\"}'),
);

/** Calls with ids that no other call of the conversation has. */
function calls(prefix: string, toolNames: readonly string[]): fc.Arbitrary<CallPart[]> {
  const call = fc.record({ name: fc.constantFrom(...toolNames), arguments: callArguments });
  return fc
    .array(call, { minLength: 1, maxLength: 3 })
    .map((list) => list.map((one, index) => ({ kind: 'call' as const, id: `${prefix}_${index}`, ...one })));
}

/** One exchange: a user speaks, the assistant answers, perhaps with calls whose results follow. */
function rounds(round: number, toolNames: readonly string[]): fc.Arbitrary<Message[]> {
  const user = fc
    .array(fc.oneof({ weight: 3, arbitrary: textParts }, images), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts): Message => ({ role: 'user', parts }));
  const saying = textParts.map((part): Message[] => [{ role: 'assistant', parts: [part] }]);
  if (toolNames.length === 0) return fc.tuple(user, saying).map(([asked, said]) => [asked, ...said]);
  const calling = fc
    .tuple(
      fc.option(textParts, { nil: undefined }),
      calls(`call_${round}`, toolNames),
      fc.infiniteStream(textParts),
    )
    .map(([said, made, results]): Message[] => [
      { role: 'assistant', parts: said ? [said, ...made] : made },
      {
        role: 'tool',
        parts: made.map(({ id, name }): ResultPart => ({
          kind: 'result',
          callId: id,
          name,
          parts: [results.next().value],
        })),
      },
    ]);
  return fc.tuple(user, fc.oneof(saying, calling)).map(([asked, rest]) => [asked, ...rest]);
}

/** In steps that survive every way of writing a number. */
const fractions = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);

export const samplings: fc.Arbitrary<Sampling> = fc.record(
  {
    maxTokens: fc.integer({ min: 1, max: 100_000 }),
    temperature: fractions,
    topP: fractions,
    stop: fc.array(texts, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: [] },
);

export const outputs: fc.Arbitrary<OutputFormat> = fc.record({
  kind: fc.constant('schema' as const),
  name: names,
  schema: schemas,
});

export const thinkings: fc.Arbitrary<Thinking> = fc.constantFrom(...EFFORTS).map((effort) => ({ effort }));

function toolChoices(toolNames: readonly string[]): fc.Arbitrary<ToolChoice> {
  return fc.oneof(
    fc.constantFrom<ToolChoice>({ kind: 'auto' }, { kind: 'none' }, { kind: 'required' }),
    fc.constantFrom(...toolNames).map((name): ToolChoice => ({ kind: 'named', names: [name] })),
  );
}

/** Ends with a user's message. */
export const conversations: fc.Arbitrary<Conversation> = fc
  .uniqueArray(tools, { maxLength: 3, selector: ({ name }) => name })
  .chain((offered) => {
    const toolNames = offered.map(({ name }) => name);
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    return fc.record({
      stream: fc.boolean(),
      system: fc.array(textParts, { maxLength: 2 }),
      rounds: fc
        .integer({ min: 0, max: 3 })
        .chain((count) => fc.tuple(...Array.from({ length: count }, (_, round) => rounds(round, toolNames)))),
      last: textParts.map((part): Message => ({ role: 'user', parts: [part] })),
      tools: fc.constant(offered),
      toolChoice: toolNames.length > 0 ? maybe(toolChoices(toolNames)) : fc.constant(undefined),
      sampling: samplings,
      output: maybe(outputs),
    });
  })
  .map(({ rounds: before, last, toolChoice, output, ...rest }) => ({
    model: 'a-model',
    ...rest,
    messages: [...before.flat(), last],
    ...(toolChoice && { toolChoice }),
    ...(output && { output }),
  }));

export const tokenCounts: fc.Arbitrary<TokenCounts> = fc
  .record({
    input: fc.nat(10_000),
    output: fc.nat(10_000),
    cached: fc.nat(100),
    reasoning: fc.nat(100),
  })
  .map(({ input, output, cached, reasoning }) => ({
    input: input + cached,
    output: output + reasoning,
    cached,
    reasoning,
  }));

export const logprobs: fc.Arbitrary<TokenLogprob[]> = fc.array(
  texts.map((token) => {
    const one = { token, logprob: -0.5, bytes: [...Buffer.from(token)] };
    return { ...one, top: [one] };
  }),
  { minLength: 1, maxLength: 3 },
);

const FINISH_WITHOUT_CALLS: readonly Finish['reason'][] = ['stop', 'length', 'filtered'];

/** Thoughts first, then text, then calls. */
export const candidates: fc.Arbitrary<Candidate> = fc
  .record({
    thought: fc.option(texts, { nil: undefined }),
    text: fc.option(texts, { nil: undefined }),
    calls: fc.oneof(fc.constant<CallPart[]>([]), calls('call_x', ['look_up', 'compute'])),
    reason: fc.constantFrom(...FINISH_WITHOUT_CALLS),
  })
  .filter(({ text, calls: made }) => text !== undefined || made.length > 0)
  .map(({ thought, text, calls: made, reason }) => ({
    index: 0,
    parts: [
      ...(thought === undefined ? [] : [{ kind: 'thought' as const, text: thought }]),
      ...(text === undefined ? [] : [{ kind: 'text' as const, text }]),
      ...made,
    ],
    finish: { reason: made.length > 0 ? ('calls' as const) : reason },
  }));

export const replies: fc.Arbitrary<Reply> = fc.record({
  id: fc.stringMatching(/^[a-z]{4}_[A-Za-z0-9]{8}$/),
  model: fc.constant('a-model-2026'),
  candidates: candidates.map((one) => [one]),
  usage: tokenCounts,
});
