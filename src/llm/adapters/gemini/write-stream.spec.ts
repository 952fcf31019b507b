import { describe, expect, it } from 'vitest';
import type { ReplyContext } from '../../conversation/codec.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { GeminiStreamWriter } from './write-stream.js';

const CONTEXT = { requestId: 'req_1', conversation: { model: 'asked' } } as ReplyContext;

interface Written {
  readonly candidates: readonly {
    readonly content: { readonly parts: readonly unknown[] };
    readonly logprobsResult: { readonly chosenCandidates: unknown };
  }[];
}

function written(events: readonly ReplyEvent[]): Written[] {
  const writer = new GeminiStreamWriter(CONTEXT);
  const text = events.map((event) => writer.write(event)).join('');
  expect(text).toMatch(/^(data: \{.*\}\r\n\r\n)*$/);
  return text
    .split('\r\n\r\n')
    .filter((one) => one !== '')
    .map((one) => JSON.parse(one.slice('data: '.length)) as Written);
}

const START: ReplyEvent = { type: 'start', id: 'r', model: '' };
const NAMED = { modelVersion: 'asked', responseId: 'r' };
const at = { candidate: 0, part: 0 };
const FINISH: ReplyEvent = { type: 'finish', candidate: 0, finish: { reason: 'stop' } };
const LAST = { content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 };

describe('GeminiStreamWriter', () => {
  it('sends each piece at once, and the counts with the end', () => {
    expect(
      written([
        START,
        { type: 'open', ...at, kind: 'thought' },
        { type: 'delta', ...at, text: 'hm "x"\n' },
        { type: 'signature', ...at, signature: { origin: 'gemini', value: 'c2ln' } },
        { type: 'close', ...at },
        { type: 'open', ...at, part: 1, kind: 'text' },
        { type: 'delta', ...at, part: 1, text: 'Yes' },
        { type: 'close', ...at, part: 1 },
        FINISH,
        { type: 'usage', usage: { input: 3 } },
        { type: 'usage', usage: { output: 5, reasoning: 2 } },
        { type: 'end' },
      ]),
    ).toEqual([
      {
        candidates: [{ content: { parts: [{ text: 'hm "x"\n', thought: true }], role: 'model' }, index: 0 }],
        ...NAMED,
      },
      {
        candidates: [
          {
            content: { parts: [{ text: '', thought: true, thoughtSignature: 'c2ln' }], role: 'model' },
            index: 0,
          },
        ],
        ...NAMED,
      },
      { candidates: [{ content: { parts: [{ text: 'Yes' }], role: 'model' }, index: 0 }], ...NAMED },
      {
        candidates: [LAST],
        usageMetadata: {
          promptTokenCount: 3,
          candidatesTokenCount: 3,
          thoughtsTokenCount: 2,
          totalTokenCount: 8,
        },
        ...NAMED,
      },
    ]);
  });

  it('sends calls whole, also where their pieces interleave', () => {
    const events = written([
      START,
      { type: 'open', ...at, kind: 'call', id: 'a', name: 'f' },
      { type: 'open', ...at, part: 1, kind: 'call', id: 'b', name: 'g' },
      { type: 'delta', ...at, text: '{"n":' },
      { type: 'delta', ...at, part: 1, text: '{}' },
      { type: 'delta', ...at, text: '12345678901234567}' },
      { type: 'signature', ...at, signature: { origin: 'gemini', value: 'c2ln' } },
      { type: 'close', ...at },
      { type: 'close', ...at, part: 1 },
      { type: 'finish', candidate: 0, finish: { reason: 'calls' } },
      { type: 'end' },
    ]);
    expect(events.map(({ candidates }) => candidates[0]!.content.parts[0])).toEqual([
      { functionCall: { id: 'a', name: 'f', args: { n: 12345678901234567 } }, thoughtSignature: 'c2ln' },
      { functionCall: { id: 'b', name: 'g', args: {} } },
      { text: '' },
    ]);
  });

  it('says no finish reason where the answer broke off', () => {
    const events = written([
      START,
      { type: 'open', ...at, kind: 'text' },
      { type: 'delta', ...at, text: 'Half' },
      FINISH,
      { type: 'fault', fault: { status: 529, message: 'Overloaded', code: 'overloaded_error' } },
    ]);
    expect(events.slice(1)).toEqual([
      {
        error: {
          code: 529,
          message: 'Overloaded',
          status: 'UNAVAILABLE',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
              reason: 'overloaded_error',
              domain: 'keywheel',
              metadata: { keywheel_code: 'upstream_error', request_id: 'req_1' },
            },
          ],
          keywheel_code: 'upstream_error',
          request_id: 'req_1',
        },
      },
    ]);
  });

  it('tells sources, log probabilities and side fields', () => {
    const events = written([
      START,
      { type: 'open', ...at, kind: 'text' },
      { type: 'delta', ...at, text: 'Olé ' },
      { type: 'logprobs', candidate: 0, tokens: [{ token: 'Olé', logprob: -1, top: [] }] },
      { type: 'delta', ...at, text: 'yes' },
      { type: 'citation', ...at, citation: { url: 'https://a.example', from: 4, to: 7 } },
      { type: 'close', ...at },
      { type: 'extras', candidate: 0, extras: { gemini: { safetyRatings: [] }, chat: { x: 1 } } },
      { type: 'extras', extras: { gemini: { modelStatus: {} } } },
      FINISH,
      { type: 'end' },
    ]);
    expect(events[1]!.candidates[0]!.logprobsResult.chosenCandidates).toEqual([
      { token: 'Olé', logProbability: -1 },
    ]);
    expect(events.at(-1)).toEqual({
      candidates: [
        {
          ...LAST,
          safetyRatings: [],
          groundingMetadata: {
            groundingChunks: [{ web: { uri: 'https://a.example' } }],
            groundingSupports: [
              { segment: { startIndex: 5, endIndex: 8, text: 'yes' }, groundingChunkIndices: [0] },
            ],
          },
        },
      ],
      modelStatus: {},
      ...NAMED,
    });
  });

  it('tells a blocked prompt as Gemini does', () => {
    const promptFeedback = { blockReason: 'SAFETY' };
    const finish = { reason: 'filtered', native: 'SAFETY', details: { promptFeedback } } as const;
    expect(written([START, { type: 'finish', candidate: 0, finish }, { type: 'end' }])).toEqual([
      { promptFeedback, ...NAMED },
    ]);
  });
});
