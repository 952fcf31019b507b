import { describe, expect, it } from 'vitest';
import { Gathering } from '../../conversation/gather.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { GeminiStreamReader } from './read-stream.js';
import { STREAMS } from './recorded.fixture.js';

function read(sse: string): ReplyEvent[] {
  const reader = new GeminiStreamReader();
  return sse
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .flatMap((line) => [...reader.read({ event: undefined, data: line.slice(6) })]);
}

function gather(events: readonly ReplyEvent[]): Gathering {
  const gathering = new Gathering();
  for (const event of events) gathering.add(event);
  return gathering;
}

const at = { candidate: 0, part: 0 };
const sse = (...events: object[]) => events.map((event) => `data: ${JSON.stringify(event)}`).join('\n');
const said = (parts: object[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, ...more }],
});

describe('GeminiStreamReader', () => {
  it('tells of a text piece by piece', () => {
    const usage = (output: number) => ({ type: 'usage', usage: { input: 5, output } });
    expect(read(STREAMS.text)).toEqual([
      { type: 'start', id: 'resp-s', model: 'gemini-2.5-flash' },
      { type: 'open', ...at, kind: 'text' },
      { type: 'delta', ...at, text: 'The image' },
      usage(2),
      { type: 'delta', ...at, text: ' depicts' },
      usage(3),
      { type: 'delta', ...at, text: ' an ünï.' },
      { type: 'close', ...at },
      { type: 'finish', candidate: 0, finish: { reason: 'stop', native: 'STOP' } },
      usage(7),
      { type: 'end' },
    ]);
  });

  it('keeps thoughts, texts and calls apart, each with its signature', () => {
    const { reply, ended } = gather(read(STREAMS['thought-and-call']));
    expect(ended).toBe(true);
    expect(reply.candidates).toEqual([
      {
        index: 0,
        parts: [
          { kind: 'thought', text: 'I should look.' },
          { kind: 'text', text: 'Looking up', signature: { origin: 'gemini', value: 'dGV4dA==' } },
          {
            kind: 'call',
            id: 'call_resp-s_0',
            name: 'look_up',
            arguments: '{"id":0,"q":"a"}',
            signature: { origin: 'gemini', value: 'c2ln' },
          },
          { kind: 'call', id: 'own1', name: 'look_up', arguments: '{}' },
        ],
        finish: { reason: 'calls', native: 'STOP' },
      },
    ]);
    expect(reply.usage).toEqual({ input: 5, output: 13, reasoning: 4 });
  });

  it('places sources in the whole text', () => {
    const { parts, extras } = gather(read(STREAMS.grounded)).reply.candidates[0]!;
    expect(parts).toEqual([
      {
        kind: 'text',
        text: '¡Olé! Spain won in 2024.',
        citations: [{ url: 'https://example.com/a', title: 'example.com', from: 6, to: 24 }],
      },
    ]);
    expect(extras!.gemini).toHaveProperty('groundingMetadata');
  });

  it('builds arguments that come bit by bit', () => {
    const { candidates } = gather(read(STREAMS['partial-arguments'])).reply;
    expect(candidates[0]!.parts).toEqual([
      {
        kind: 'call',
        id: 'call_resp-s_0',
        name: 'get_weather',
        arguments: '{"location":{"city":"New Delhi"},"days":[1,2],"live":true,"unit":null}',
        signature: { origin: 'gemini', value: 'c2ln' },
      },
    ]);
    expect(candidates[0]!.finish.reason).toBe('calls');
  });

  it('makes an answer of a blocked prompt', () => {
    expect(read(STREAMS.blocked).map(({ type }) => type)).toEqual(['start', 'finish', 'usage', 'end']);
    expect(gather(read(STREAMS.blocked)).reply.candidates[0]!.finish).toMatchObject({
      reason: 'filtered',
      native: 'SAFETY',
    });
  });

  it('tells of failures, and nothing after', () => {
    const events = read(`${STREAMS.broken}\n${STREAMS.text}`);
    expect(events.at(-1)).toEqual({
      type: 'fault',
      fault: {
        status: 503,
        code: 'UNAVAILABLE',
        message: 'The model is overloaded. Please try again later.',
      },
    });
    expect(gather(read('data: {"cand')).fault).toMatchObject({ status: 502 });
    expect(gather(read('data: [{"error":{"message":"x"}}]')).fault).toEqual({ status: 502, message: 'x' });
    expect(gather(read('data: {"candidates":[7]}')).fault).toMatchObject({ status: 502 });
  });

  it('ends when all candidates have ended, and hears counts that come later', () => {
    const both = {
      candidates: [
        { index: 0, content: { parts: [{ text: 'a' }] } },
        { index: 1, content: { parts: [{ text: 'b' }] } },
      ],
    };
    const events = read(
      sse(
        both,
        { candidates: [{ index: 1, finishReason: 'STOP' }] },
        { candidates: [{ index: 0, finishReason: 'MAX_TOKENS' }] },
        { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } },
      ),
    );
    expect(events.slice(-4).map(({ type }) => type)).toEqual(['close', 'finish', 'end', 'usage']);
    expect(gather(events).reply.usage).toEqual({ input: 1, output: 2 });
  });

  it('starts a new part behind one that was signed', () => {
    const events = read(
      sse(
        said([{ text: 'a', thoughtSignature: 'c2ln' }]),
        said([{ text: 'b' }]),
        said([{ text: '', thoughtSignature: 'bGFzdA==' }], { finishReason: 'STOP' }),
      ),
    );
    expect(gather(events).reply.candidates[0]!.parts).toEqual([
      { kind: 'text', text: 'a', signature: { origin: 'gemini', value: 'c2ln' } },
      { kind: 'text', text: 'b', signature: { origin: 'gemini', value: 'bGFzdA==' } },
    ]);
  });

  it('passes images on whole', () => {
    const inlineData = { mimeType: 'image/png', data: 'iVBORw0KGgo=' };
    const events = read(sse(said([{ text: 'Here:' }, { inlineData }], { finishReason: 'STOP' })));
    expect(gather(events).reply.candidates[0]!.parts).toMatchObject([
      { kind: 'text' },
      { kind: 'media', media: 'image', mime: 'image/png' },
    ]);
  });

  it('keeps numbers that a double cannot hold', () => {
    const event =
      '{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"id":12345678901234567890}}}]}}]}';
    expect(read(`data: ${event}`)).toContainEqual({
      type: 'delta',
      ...at,
      text: '{"id":12345678901234567890}',
    });
  });
});
