import { describe, expect, it } from 'vitest';
import type { ReplyContext } from '../../conversation/codec.js';
import type { Finish, Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import type { Part } from '../../conversation/parts.js';
import messages from './__fixtures__/messages.json' with { type: 'json' };
import { anthropicCodec } from './codec.js';
import { eventsIn, gather, overTheWire } from './sse.fixture.js';

const CONTEXT: ReplyContext = {
  requestId: 'req_1',
  conversation: { model: 'fast', stream: false, system: [], messages: [], tools: [], sampling: {} },
};
const read = (name: Exclude<keyof typeof messages, 'source'>) =>
  anthropicCodec.readReply(overTheWire(messages[name]));

const reply = (parts: readonly Part[], finish: Finish): Reply => ({
  id: '',
  model: '',
  candidates: [{ index: 0, parts, finish }],
});

describe('answers of Anthropic', () => {
  it('with all counts', () => {
    expect(read('text')).toEqual({
      id: 'msg_01',
      model: 'claude-opus-4-8',
      candidates: [
        {
          index: 0,
          parts: [{ kind: 'text', text: 'Hello' }],
          finish: { reason: 'stop', native: 'end_turn' },
        },
      ],
      usage: { input: 20, output: 6, cached: 3, cacheWritten: 7, cacheWrittenLong: 5, reasoning: 2 },
      extras: { anthropic: { usage: { service_tier: 'standard' } } },
    });
  });

  it('with their endings', () => {
    expect(read('refusal').candidates[0]!.finish).toEqual({
      reason: 'refused',
      native: 'refusal',
      message: 'Not this.',
      details: messages.refusal.stop_details,
    });
    expect(read('stop sequence').candidates[0]!.finish).toEqual({
      reason: 'stop_sequence',
      native: 'stop_sequence',
      stopSequence: ', 3',
    });
  });

  it('with signed thoughts and calls', () => {
    expect(read('calls').candidates[0]!.parts).toEqual([
      { kind: 'thought', text: 'hm', signature: { origin: 'anthropic', value: 'EqQB' } },
      { kind: 'thought', text: '', redacted: true, signature: { origin: 'anthropic', value: 'Emwk' } },
      { kind: 'call', id: 'toolu_1', name: 'f', arguments: '{"a":1}' },
      {
        kind: 'call',
        id: 'toolu_2',
        name: 'g',
        arguments: '{}',
        extras: { anthropic: { caller: { type: 'code_execution_20250825', tool_id: 'srvtoolu_1' } } },
      },
    ]);
  });

  it('with citations of every kind', () => {
    const [part] = read('citations').candidates[0]!.parts;
    const raw = messages.citations.content[0]!.citations;
    expect(part).toMatchObject({
      citations: [
        { title: 'Example', cited: 'The grass is green.', extras: { anthropic: raw[0] } },
        { cited: 'p', extras: { anthropic: raw[1] } },
        { title: 'Blocks', cited: 'b' },
        { url: 'https://example.com/a', title: 'A', cited: 's' },
        { url: 'https://example.com/b', title: 'B', cited: 'w' },
      ],
    });
  });

  it.each(['text', 'refusal', 'stop sequence', 'calls', 'citations'] as const)(
    '%s: come back as they were, whole and as a stream',
    (name) => {
      const once = read(name);
      const written = overTheWire(anthropicCodec.writeReply(once, CONTEXT));
      expect(written).toMatchObject(withoutNothing(messages[name]));
      const writer = anthropicCodec.writeStream(CONTEXT);
      let text = '';
      for (const event of scatter(once)) text += writer.write(event);
      const streamed = gather(anthropicCodec.readStream(), eventsIn(text)).reply;
      expect(streamed).toEqual(anthropicCodec.readReply(written));
    },
  );
});

/** Without the fields that say nothing, as the SDKs have them all. */
function withoutNothing(value: unknown): object {
  const json = JSON.stringify(value, (name, item: unknown) =>
    name === 'caller' && (item as { type: string }).type === 'direct' ? undefined : (item ?? undefined),
  );
  return JSON.parse(json) as object;
}

describe('answers for clients of Anthropic', () => {
  it.each<[Finish['reason'], Part[], string]>([
    ['stop', [{ kind: 'text', text: 'a' }], 'end_turn'],
    ['stop', [{ kind: 'call', id: 'c', name: 'f', arguments: '{}' }], 'tool_use'],
    ['length', [], 'max_tokens'],
    ['calls', [], 'tool_use'],
    ['filtered', [], 'refusal'],
    ['refused', [], 'refusal'],
    ['stop', [{ kind: 'refusal', text: 'no' }], 'refusal'],
    ['context_full', [], 'model_context_window_exceeded'],
    ['paused', [], 'pause_turn'],
    ['stop_sequence', [], 'stop_sequence'],
  ])('%s with %j ends as %s', (reason, parts, word) => {
    expect(anthropicCodec.writeReply(reply(parts, { reason }), CONTEXT)).toMatchObject({
      id: 'msg_req_1',
      model: 'fast',
      stop_reason: word,
    });
  });

  it('say why where nothing came', () => {
    const blocked = reply([], { reason: 'filtered', native: 'SAFETY', message: 'Blocked' });
    expect(anthropicCodec.writeReply(blocked, CONTEXT)).toMatchObject({
      content: [],
      stop_details: { type: 'refusal', category: null, explanation: 'Blocked' },
    });
    const failed = reply([], { reason: 'malformed_call', native: 'MALFORMED_FUNCTION_CALL' });
    const words = 'The model tried to call a tool and failed: MALFORMED_FUNCTION_CALL';
    expect(anthropicCodec.writeReply(failed, CONTEXT)).toMatchObject({ content: [{ text: words }] });
    const writer = anthropicCodec.writeStream(CONTEXT);
    const text = [...scatter(failed)].map((event) => writer.write(event)).join('');
    expect(gather(anthropicCodec.readStream(), eventsIn(text)).reply.candidates[0]!.parts).toEqual([
      { kind: 'text', text: words },
    ]);
  });

  it('keep what a model wrote as arguments, JSON or not', () => {
    const call = (text: string): Part => ({ kind: 'call', id: 'c', name: 'f', arguments: text });
    const calls = reply([call('{"n":12345678901234567890}'), call(''), call('{"a"')], { reason: 'calls' });
    expect(JSON.stringify(anthropicCodec.writeReply(calls, CONTEXT).content)).toBe(
      JSON.stringify([
        { type: 'tool_use', id: 'c', name: 'f', input: 0 },
        { type: 'tool_use', id: 'c', name: 'f', input: {} },
        { type: 'tool_use', id: 'c', name: 'f', input: { INVALID_JSON: '{"a"' } },
      ]).replace('"input":0', '"input":{"n":12345678901234567890}'),
    );
  });

  it('have one open block at a time, whatever the upstream interleaves', () => {
    const writer = anthropicCodec.writeStream(CONTEXT);
    const at = (part: number) => ({ candidate: 0, part });
    const text = [
      writer.write({ type: 'start', id: 'r', model: 'm' }),
      writer.write({ type: 'open', ...at(0), kind: 'call', id: 'c1', name: 'f' }),
      writer.write({ type: 'open', ...at(1), kind: 'call', id: 'c2', name: 'g' }),
      writer.write({ type: 'delta', ...at(1), text: '{"b":2}' }),
      writer.write({ type: 'delta', ...at(0), text: '{"a":1}' }),
      writer.write({ type: 'close', ...at(1) }),
      writer.write({ type: 'close', ...at(0) }),
      writer.write({ type: 'finish', candidate: 0, finish: { reason: 'calls' } }),
      writer.write({ type: 'usage', usage: { input: 5, output: 2 } }),
      writer.write({ type: 'end' }),
    ].join('');
    const names = eventsIn(text).map(
      ({ event, data }) => `${event} ${(JSON.parse(data) as { index?: number }).index ?? ''}`,
    );
    expect(names).toEqual([
      'message_start ',
      ...[0, 1].flatMap((index) =>
        ['start', 'delta', 'stop'].map((word) => `content_block_${word} ${index}`),
      ),
      'message_delta ',
      'message_stop ',
    ]);
    const { reply: read, ended } = gather(anthropicCodec.readStream(), eventsIn(text));
    expect(ended).toBe(true);
    expect(read.usage).toMatchObject({ input: 5, output: 2 });
    expect(read.candidates[0]!.parts).toMatchObject([{ arguments: '{"a":1}' }, { arguments: '{"b":2}' }]);
  });
});

describe('faults', () => {
  it.each([
    [
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"No"}}',
      'No',
      'invalid_request_error',
    ],
    [
      529,
      '{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}',
      'Busy',
      'overloaded_error',
    ],
    [502, '<html>', '<html>', undefined],
    [500, '', 'The upstream answered 500.', undefined],
    [500, 'null', 'null', undefined],
  ])('%i %s', (status, body, message, code) => {
    expect(anthropicCodec.readFault(status, body)).toEqual({ status, message, ...(code && { code }) });
  });

  it.each([
    [400, 'invalid_request_error'],
    [401, 'authentication_error'],
    [402, 'billing_error'],
    [403, 'permission_error'],
    [404, 'not_found_error'],
    [413, 'request_too_large'],
    [422, 'invalid_request_error'],
    [429, 'rate_limit_error'],
    [500, 'api_error'],
    [503, 'overloaded_error'],
    [504, 'timeout_error'],
    [529, 'overloaded_error'],
  ])('%i is a %s', (status, type) => {
    expect(anthropicCodec.writeFault({ status, message: 'm', code: 'RESOURCE' }, 'req_1')).toEqual({
      type: 'error',
      error: { type, message: 'm', keywheel_code: 'upstream_error' },
      request_id: 'req_1',
    });
  });
});
