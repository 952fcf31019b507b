import { describe, expect, it } from 'vitest';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { eventsOf, gathered, plain, readAll, readFixture, writeAll } from './chat.fixture.js';
import { chatCodec } from './codec.js';

const readOf = (name: string) => readAll(eventsOf(readFixture(`${name}.sse`)));
const types = (events: readonly ReplyEvent[]) => events.map(({ type }) => type).join(' ');

/** What every reader promises: parts open before their news and close before the end, numbers are used once. */
function expectOrder(events: readonly ReplyEvent[]): void {
  const open = new Set<string>();
  const used = new Set<string>();
  for (const event of events) {
    if (!('part' in event)) continue;
    const name = `${event.candidate} ${event.part}`;
    if (event.type === 'open' || event.type === 'whole') {
      expect(used).not.toContain(name);
      used.add(name);
    } else expect(open).toContain(name);
    if (event.type === 'open') open.add(name);
    if (event.type === 'close') open.delete(name);
  }
  if (events.at(-1)?.type === 'end') expect(open.size).toBe(0);
}

describe('readStream of Chat Completions', () => {
  it.each(['text', 'calls', 'interleaved', 'google', 'openrouter', 'audio', 'broken'])(
    'keeps order in %s',
    (name) => {
      expectOrder(readOf(name));
    },
  );

  it('reads text, then its counts and its end', () => {
    const events = readOf('text');
    expect(types(events)).toBe('start extras open delta usage close finish end');
    expect(gathered(events).reply).toMatchObject({
      id: 'chatcmpl-123',
      created: 1694268190,
      usage: { input: 9, output: 12, cached: 4, reasoning: 2 },
      candidates: [{ parts: [{ kind: 'text', text: 'Hello' }], finish: { reason: 'stop', native: 'stop' } }],
      extras: { chat: { system_fingerprint: 'fp_44709d6fcb' } },
    });
  });

  it('closes a call as soon as its arguments are whole and another begins', () => {
    const events = readOf('calls');
    expect(types(events)).toBe('start open delta delta close open delta close finish end');
    expect(gathered(events).reply.candidates[0]).toMatchObject({
      parts: [
        { kind: 'call', id: 'call_a', name: 'get_weather', arguments: '{"city":"Bern"}' },
        { kind: 'call', id: 'call_b', name: 'get_time', arguments: '{}' },
      ],
      finish: { reason: 'calls' },
    });
  });

  it('takes calls apart whose pieces mix, and names those that have no id', () => {
    const [one, other] = gathered(readOf('interleaved')).reply.candidates[0]!.parts as unknown as {
      id: string;
    }[];
    expect([one, other]).toMatchObject([
      { name: 'a', arguments: '{"x":1}' },
      { name: 'b', arguments: '{}' },
    ]);
    expect(one!.id).toMatch(/^call_.{24}$/);
    expect(one!.id).not.toBe(other!.id);
  });

  it('tells calls under one index apart by their ids', () => {
    expect(gathered(readOf('google')).reply).toMatchObject({
      usage: { input: 10, output: 30 },
      candidates: [
        {
          parts: [
            { id: 'c1', arguments: '{"x":1}', signature: { origin: 'gemini', value: 'SIG' } },
            { id: 'c2', arguments: '{"x":2}' },
          ],
          finish: { reason: 'calls' },
        },
      ],
    });
  });

  it('tells whole calls without ids apart by their names', () => {
    const chunk = (text: string) => ({
      event: undefined,
      data: JSON.stringify({
        id: 'x',
        choices: [
          { index: 0, delta: { tool_calls: [{ index: 0, function: { name: 'f', arguments: text } }] } },
        ],
      }),
    });
    const { parts } = gathered(
      readAll([chunk('{"a":1}'), chunk('{"a":2}'), { event: undefined, data: '[DONE]' }]),
    ).reply.candidates[0]!;
    expect(parts).toMatchObject([{ arguments: '{"a":1}' }, { arguments: '{"a":2}' }]);
  });

  it('reads thoughts once where they are told twice', () => {
    expect(gathered(readOf('openrouter')).reply.candidates[0]).toEqual({
      index: 0,
      parts: [
        {
          kind: 'thought',
          text: 'Let me see',
          signature: {
            origin: 'chat',
            value: '{"type":"reasoning.text","signature":"EqQB","format":"anthropic-claude-v1"}',
          },
        },
        { kind: 'text', text: 'Yes.' },
      ],
      finish: { reason: 'stop', native: 'end_turn' },
    });
  });

  it('puts a spoken answer together', () => {
    expect(gathered(readOf('audio')).reply.candidates[0]!.parts).toEqual([
      {
        kind: 'media',
        media: 'audio',
        source: { kind: 'base64', data: Buffer.from([0, 1, 2, 3]).toString('base64') },
        transcript: 'Hello',
        extras: { chat: { id: 'audio_1', expires_at: 1729018505 } },
      },
    ]);
  });

  it('tells an error in the stream, and nothing after it', () => {
    const gathering = gathered(readOf('broken'));
    expect(gathering.fault).toMatchObject({ status: 429, message: 'Rate limit exceeded' });
    expect(gathering.ended).toBe(false);
    const reader = chatCodec.readStream();
    expect(types(reader.read({ event: undefined, data: '{' }))).toBe('fault');
    expect(reader.read({ event: undefined, data: '[DONE]' })).toEqual([]);
  });

  it('does not end before the end was told', () => {
    const events = eventsOf(readFixture('text.sse')).slice(0, -1);
    expect(types(readAll(events))).not.toMatch(/finish|end/);
  });
});

describe('writeStream of Chat Completions', () => {
  const answer: ReplyEvent[] = [
    { type: 'start', id: 'x', model: 'mm', created: 5 },
    { type: 'open', candidate: 0, part: 0, kind: 'text' },
    { type: 'delta', candidate: 0, part: 0, text: 'a\n"' },
    { type: 'close', candidate: 0, part: 0 },
    { type: 'usage', usage: { input: 1, output: 2 } },
    { type: 'finish', candidate: 0, finish: { reason: 'stop' } },
    { type: 'end' },
  ];
  const chunks = (text: string) =>
    eventsOf(text).map(({ data }) =>
      data === '[DONE]' ? data : (JSON.parse(data) as Record<string, unknown>),
    );

  it('frames as OpenAI does, with counts for those who asked', () => {
    const text = writeAll(answer, { ...plain, usageInStream: true });
    const frame = { id: 'x', object: 'chat.completion.chunk', created: 5, model: 'mm' };
    const choice = { index: 0, logprobs: null, finish_reason: null };
    expect(chunks(text)).toEqual([
      {
        ...frame,
        choices: [{ ...choice, delta: { role: 'assistant', content: '', refusal: null } }],
        usage: null,
      },
      { ...frame, choices: [{ ...choice, delta: { content: 'a\n"' } }], usage: null },
      { ...frame, choices: [{ ...choice, delta: {}, finish_reason: 'stop' }], usage: null },
      {
        ...frame,
        choices: [],
        usage: {
          prompt_tokens: 1,
          completion_tokens: 2,
          total_tokens: 3,
          prompt_tokens_details: {},
          completion_tokens_details: {},
        },
      },
      '[DONE]',
    ]);
  });

  it('leaves the counts out where nobody asked', () => {
    expect(writeAll(answer)).not.toContain('usage');
  });

  it('tells a fault, and then nothing', () => {
    const fault: ReplyEvent = {
      type: 'fault',
      fault: { status: 503, message: 'gone', code: 'overloaded_error' },
    };
    const text = writeAll([...answer.slice(0, 3), fault, { type: 'end' }]);
    expect(chunks(text).at(-1)).toMatchObject({
      error: {
        message: 'gone',
        type: 'server_error',
        code: 'overloaded_error',
        keywheel_code: 'upstream_error',
      },
    });
  });

  it.each(['text', 'calls', 'interleaved', 'google', 'openrouter', 'audio'])(
    'writes %s as it was read',
    (name) => {
      const events = readOf(name);
      const again = readAll(eventsOf(writeAll(events, { ...plain, usageInStream: true })));
      expectOrder(again);
      const reason = ({ candidates, ...rest }: ReturnType<typeof gathered>['reply']) => ({
        ...rest,
        candidates: candidates.map(({ finish, ...one }) => ({ ...one, finish: finish.reason })),
      });
      expect(reason(gathered(again).reply)).toEqual(reason(gathered(events).reply));
    },
  );
});
