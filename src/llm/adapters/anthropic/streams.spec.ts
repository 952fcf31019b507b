import { describe, expect, it } from 'vitest';
import { anthropicCodec } from './codec.js';
import { gather, recordedEvents } from './sse.fixture.js';

const read = (name: string) => gather(anthropicCodec.readStream(), recordedEvents(name));

describe('streams of Anthropic', () => {
  it('text, with counts of the cache', () => {
    const { reply, ended } = read('stream-text');
    expect(ended).toBe(true);
    expect(reply).toEqual({
      id: 'msg_01Fixture',
      model: 'claude-sonnet-4-5-20250929',
      candidates: [
        {
          index: 0,
          parts: [{ kind: 'text', text: 'Good day' }],
          finish: { reason: 'stop', native: 'end_turn' },
        },
      ],
      usage: { input: 40, output: 15, cached: 5, cacheWritten: 10, cacheWrittenLong: 6 },
      extras: { anthropic: { usage: { service_tier: 'standard' } } },
    });
  });

  it('calls, with their arguments as the model wrote them, and an object where it wrote none', () => {
    const { parts, finish } = read('stream-tool').reply.candidates[0]!;
    expect(finish.reason).toBe('calls');
    expect(parts).toEqual([
      { kind: 'text', text: 'Looking it up.' },
      {
        kind: 'call',
        id: 'toolu_01A',
        name: 'get_weather',
        arguments: '{"city": "Linz", "id": 12345678901234567890}',
      },
      { kind: 'call', id: 'toolu_01B', name: 'get_time', arguments: '{}' },
    ]);
  });

  it('thoughts, with their signatures', () => {
    const { candidates, usage } = read('stream-thinking').reply;
    expect(usage?.reasoning).toBe(9);
    expect(candidates[0]!.parts).toEqual([
      {
        kind: 'thought',
        text: 'Let me see. 27 * 453',
        signature: { origin: 'anthropic', value: 'EqQBCgIYAhIM' },
      },
      {
        kind: 'thought',
        text: '',
        redacted: true,
        signature: { origin: 'anthropic', value: 'EmwKAhgBEgy3' },
      },
      { kind: 'text', text: '12,231' },
    ]);
  });

  it('searches, with what was cited', () => {
    const { candidates, usage } = read('stream-search').reply;
    expect(usage).toMatchObject({ input: 1200, searches: 1 });
    const [used, found, text] = candidates[0]!.parts;
    expect(used).toMatchObject({
      kind: 'native',
      origin: 'anthropic',
      value: { type: 'server_tool_use', input: { query: 'claude shannon birth date' } },
    });
    expect(found).toMatchObject({ kind: 'native', value: { type: 'web_search_tool_result' } });
    expect(text).toMatchObject({
      kind: 'text',
      text: 'He was born on April 30, 1916.',
      citations: [
        { url: 'https://example.com/shannon', title: 'Claude Shannon', cited: 'born April 30, 1916' },
      ],
    });
  });

  it('an error in the middle, with the status that it comes with otherwise', () => {
    const gathering = read('stream-overloaded');
    expect(gathering.fault).toEqual({ status: 529, message: 'Overloaded', code: 'overloaded_error' });
    expect(gathering.ended).toBe(false);
  });

  it.each([
    ['no JSON', '{"type":'],
    ['no object', '7'],
    [
      'a delta of no block',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}}',
    ],
    ['an end of no block', '{"type":"content_block_stop","index":3}'],
    ['a block without a type', '{"type":"content_block_start","index":0,"content_block":{}}'],
    ['no message', '{"type":"message_start"}'],
  ])('%s is a fault, and the last event', (_name, data) => {
    const reader = anthropicCodec.readStream();
    expect(reader.read({ event: undefined, data })).toEqual([
      { type: 'fault', fault: { status: 502, message: expect.stringContaining('cannot be read') } },
    ]);
    expect(reader.read({ event: undefined, data: '{"type":"message_stop"}' })).toEqual([]);
  });

  it('closes what is open before the end, and passes over what it does not know', () => {
    const reader = anthropicCodec.readStream();
    const gathering = gather(reader, [
      ...recordedEvents('stream-overloaded').slice(0, 3),
      { event: 'news', data: '{"type":"something_new"}' },
      { event: 'message_stop', data: '{"type":"message_stop"}' },
    ]);
    expect(gathering.ended).toBe(true);
    expect(gathering.reply.candidates[0]).toMatchObject({
      parts: [{ kind: 'text', text: 'Half' }],
      finish: { reason: 'other' },
    });
  });
});
