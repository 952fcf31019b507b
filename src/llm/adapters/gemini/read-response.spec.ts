import { describe, expect, it } from 'vitest';
import type { ReplyContext } from '../../conversation/codec.js';
import type { Reply } from '../../conversation/reply.js';
import { readReply } from './read-response.js';
import { ANSWERS } from './recorded.fixture.js';
import { writeReply } from './write-response.js';

const CONTEXT = { requestId: 'r', conversation: { model: 'asked' } } as ReplyContext;
const read = (name: string): Reply => readReply(ANSWERS[name]!);
const only = (name: string) => read(name).candidates[0]!;

describe('readReply', () => {
  it('reads thoughts, signatures and counts', () => {
    expect(read('text with thoughts')).toEqual({
      id: 'mAitaLmkHPPlz7IPvtfUqQ4',
      model: 'gemini-2.5-flash',
      candidates: [
        {
          index: 0,
          parts: [
            { kind: 'thought', text: '**Considering the primes**' },
            {
              kind: 'text',
              text: 'The sum is 5117.',
              signature: { origin: 'gemini', value: 'CiIBjz1rX0BhUQ==' },
            },
          ],
          finish: { reason: 'stop', native: 'STOP' },
        },
      ],
      usage: { input: 13, output: 1045, cached: 5, reasoning: 1037, audioInput: 4 },
    });
  });

  it('gives calls ids that name the answer, unless they have one', () => {
    const { parts, finish } = only('parallel calls');
    expect(parts.map((part) => part.kind === 'call' && part.id)).toEqual(['call_resp-2_0', 'qq1x']);
    expect(finish).toEqual({ reason: 'calls', native: 'STOP' });
  });

  it('places sources by bytes', () => {
    const { parts, extras } = only('grounded');
    const [part] = parts;
    const citations = part?.kind === 'text' ? part.citations! : [];
    const text = part?.kind === 'text' ? part.text : '';
    const one = { url: 'https://vertexaisearch.cloud.google.com/one', title: 'aljazeera.com' };
    const two = { url: 'https://vertexaisearch.cloud.google.com/two', title: 'uefa.com' };
    expect(
      citations.map(({ from, to, ...source }) => [source, from === undefined ? '' : text.slice(from, to)]),
    ).toEqual([
      [one, 'Spain won Euro 2024, defeating England 2-1 in the final. '],
      [one, 'It was their fourth.'],
      [two, 'It was their fourth.'],
      [{ url: 'https://vertexaisearch.cloud.google.com/three', title: 'unused.com' }, ''],
    ]);
    expect(extras!.gemini).toHaveProperty('groundingMetadata.searchEntryPoint');
    expect(read('grounded').usage).toEqual({ input: 99, output: 22, toolInput: 90, searches: 2 });
  });

  it('tells blocked prompts and withheld answers', () => {
    expect(only('blocked prompt')).toMatchObject({
      parts: [],
      finish: { reason: 'filtered', native: 'PROHIBITED_CONTENT' },
    });
    expect(only('withheld').finish).toMatchObject({
      reason: 'filtered',
      native: 'SAFETY',
      details: { safetyRatings: [{ blocked: true }] },
    });
    expect(only('a call that went wrong').finish).toEqual({
      reason: 'malformed_call',
      native: 'MALFORMED_FUNCTION_CALL',
      message: 'Malformed function call: print(default_api.look_up(',
    });
  });

  it('reads images, code that ran, several answers and log probabilities', () => {
    expect(only('an image').parts[1]).toEqual({
      kind: 'media',
      media: 'image',
      mime: 'image/png',
      source: { kind: 'base64', data: 'iVBORw0KGgo=' },
      signature: { origin: 'gemini', value: 'aW1n' },
    });
    expect(read('an image').usage).toEqual({ input: 6, output: 1295, imageOutput: 1290 });
    expect(only('code that ran').parts.map(({ kind }) => kind)).toEqual(['text', 'native', 'native', 'text']);
    const two = read('two answers with log probabilities');
    expect(two.created).toBe(1_756_728_000);
    expect(two.candidates.map(({ finish }) => finish.reason)).toEqual(['stop', 'length']);
    expect(two.candidates[0]!.logprobs).toEqual([
      {
        token: 'Yes',
        logprob: -0.1,
        top: [
          { token: 'Yes', logprob: -0.1 },
          { token: 'No', logprob: -2.5 },
        ],
      },
    ]);
  });

  it.each(['blocked prompt', 'withheld', 'grounded', 'code that ran', 'an image', 'a call that went wrong'])(
    'comes back as it was: %s',
    (name) => {
      const { usageMetadata: _, ...told } = writeReply(read(name), CONTEXT);
      const { usageMetadata: __, ...recorded } = structuredClone(ANSWERS[name]!);
      for (const candidate of (recorded.candidates ?? []) as Record<string, unknown>[]) {
        candidate.content = { role: 'model', parts: [], ...(candidate.content as object) };
      }
      expect(JSON.parse(JSON.stringify(told))).toEqual(recorded);
    },
  );

  it.each([
    [{}],
    [{ candidates: [] }],
    [{ candidates: [7] }],
    [{ candidates: [{ content: { parts: [7] } }] }],
  ])('refuses %j', (body) => {
    expect(() => readReply(body)).toThrow(/^The upstream answered /);
  });
});

describe('writeReply', () => {
  const write = (candidate: Partial<Reply['candidates'][number]>) => {
    const reply: Reply = {
      id: 'i',
      model: '',
      candidates: [{ index: 0, parts: [], finish: { reason: 'stop' }, ...candidate }],
    };
    return JSON.parse(JSON.stringify(writeReply(reply, CONTEXT)));
  };

  it.each([
    [{ reason: 'stop', native: 'end_turn' }, 'STOP'],
    [{ reason: 'stop_sequence', native: 'stop_sequence' }, 'STOP'],
    [{ reason: 'calls', native: 'tool_calls' }, 'STOP'],
    [{ reason: 'length', native: 'length' }, 'MAX_TOKENS'],
    [{ reason: 'context_full' }, 'MAX_TOKENS'],
    [{ reason: 'filtered', native: 'content_filter' }, 'SAFETY'],
    [{ reason: 'filtered', native: 'RECITATION' }, 'RECITATION'],
    [{ reason: 'refused' }, 'SAFETY'],
    [{ reason: 'paused' }, 'OTHER'],
    [{ reason: 'malformed_call' }, 'MALFORMED_FUNCTION_CALL'],
    [{ reason: 'other', native: 'NO_IMAGE' }, 'NO_IMAGE'],
  ] as const)('tells the end %j as %s', (finish, word) => {
    expect(write({ finish }).candidates[0].finishReason).toBe(word);
  });

  it('carries signatures of others sealed, and those of kept thoughts so that they come back as such', () => {
    const signature = { origin: 'anthropic', value: 'EqQB' } as const;
    const parts = [
      { kind: 'thought', text: 'hm', signature },
      { kind: 'thought', text: '', redacted: true, signature },
    ] as const;
    const body = write({ parts });
    for (const part of body.candidates[0].content.parts) {
      expect(Buffer.from(part.thoughtSignature, 'base64').toString('base64')).toBe(part.thoughtSignature);
    }
    expect(readReply(body).candidates[0]!.parts).toEqual(parts);
  });

  it('makes grounding of citations', () => {
    const text = '¡Olé! 👍 Yes';
    const citations = [
      { url: 'https://a.example', title: 'A', from: 9, to: 12 },
      { url: 'https://a.example', title: 'A', from: 0, to: 5 },
      { title: 'A file', cited: 'its words' },
    ];
    const body = write({
      parts: [
        { kind: 'thought', text: 'hm' },
        { kind: 'text', text, citations },
      ],
    });
    expect(body.candidates[0].groundingMetadata).toEqual({
      groundingChunks: [
        { web: { uri: 'https://a.example', title: 'A' } },
        { retrievedContext: { title: 'A file', text: 'its words' } },
      ],
      groundingSupports: [
        {
          segment: { partIndex: 1, startIndex: 13, endIndex: 16, text: 'Yes' },
          groundingChunkIndices: [0],
        },
        { segment: { partIndex: 1, startIndex: 0, endIndex: 7, text: '¡Olé!' }, groundingChunkIndices: [0] },
      ],
    });
    const [, back] = readReply(body).candidates[0]!.parts;
    expect(back).toEqual({ kind: 'text', text, citations });
  });

  it('says so where the arguments of a call are no JSON object', () => {
    const parts = [{ kind: 'call', id: 'c', name: 'f', arguments: '{"a":' }] as const;
    const [candidate] = write({ parts, finish: { reason: 'calls' } }).candidates;
    expect(candidate).toMatchObject({
      content: { parts: [{ functionCall: { id: 'c', name: 'f', args: {} } }] },
      finishReason: 'MALFORMED_FUNCTION_CALL',
    });
  });
});
