import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Letters } from '../proxy/wire/letters.js';
import { ADAPTERS } from './adapters/adapters.js';
import type { LlmProtocol } from './llm-path.js';
import { StreamWatch } from './stream-watch.js';

function watched(protocol: LlmProtocol, operation: string, text: string): StreamWatch {
  const watch = new StreamWatch(ADAPTERS[protocol], operation);
  watch.pass(Buffer.from(text), new Letters());
  return watch;
}

const CHAT =
  ': a comment\n\n' +
  'data: {"choices":[{"delta":{"content":"Grüße 👋"}}]}\n\n' +
  'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":2}}}\n\n' +
  'data: [DONE]\n\n';
const MESSAGES =
  'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":5,"cache_read_input_tokens":4,"output_tokens":1}}}\n\n' +
  'event: ping\ndata: {"type":"ping"}\n\n' +
  'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"text":"hi"}}\n\n' +
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}\n\n' +
  'event: message_stop\ndata: {"type":"message_stop"}\n\n';
const GEMINI =
  'data: {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}\r\n\r\n' +
  'data: {"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":4,"candidatesTokenCount":2,"thoughtsTokenCount":10}}\r\n\r\n';
const RESPONSES =
  'event: response.created\ndata: {"type":"response.created","response":{"error":null}}\n\n' +
  'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":"x"}\n\n' +
  'event: response.completed\ndata: {"type":"response.completed","response":{"error":null,"usage":{"input_tokens":1,"output_tokens":2}}}\n\n';

describe('StreamWatch', () => {
  it.each([
    ['openai', 'chat', CHAT, { input: 7, output: 3, cached: 2 }],
    ['anthropic', 'messages', MESSAGES, { input: 9, output: 9, cached: 4 }],
    ['gemini', 'streamGenerateContent', GEMINI, { input: 4, output: 12, cached: 0 }],
    ['openai', 'responses', RESPONSES, { input: 1, output: 2, cached: 0 }],
  ] as const)(
    '%s %s: sees begin, end and counts however the chunks are cut',
    (protocol, operation, text, usage) => {
      const bytes = Buffer.from(text);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
          const watch = new StreamWatch(ADAPTERS[protocol], operation);
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length]!;
            watch.pass(bytes.subarray(at, at + size), new Letters());
            at += size;
          }
          expect(watch).toMatchObject({ begun: true, complete: true, failure: undefined, usage });
        }),
      );
    },
  );

  const told = ({ begun, complete, failure, usage }: StreamWatch) => ({ begun, complete, failure, usage });
  const text = (words: string) => `data: {"choices":[{"delta":{"content":"${words}"}}]}`;
  const block = (words: string) => `event: content_block_delta\ndata: {"delta":{"text":"${words}"}}`;
  const piece = fc.constantFrom('a', 'é👋', '[DONE]', '_tokens', 'message_', '\\n\\n', 'usage');

  it.each([
    ['openai', 'chat', CHAT, text],
    ['anthropic', 'messages', MESSAGES, block],
  ] as const)(
    '%s %s: tells of long streams what it tells of short ones',
    (protocol, operation, end, event) => {
      const events = fc.array(fc.oneof(piece.map(event), fc.constant(': ping')), {
        maxLength: 200,
        size: 'max',
      });
      const sizes = fc.array(
        fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 2000, max: 5000 })),
        {
          minLength: 1,
        },
      );
      const cut = fc.boolean();
      fc.assert(
        fc.property(events, sizes, cut, fc.constantFrom('\n', '\r\n'), (more, lengths, isCut, line) => {
          const whole = [...more.map((one) => `${one}\n\n`), isCut ? '' : end]
            .join('')
            .replaceAll('\n', line);
          const bytes = Buffer.from(whole);
          const [pieces, single] = [0, 1].map(() => new StreamWatch(ADAPTERS[protocol], operation));
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = lengths[i % lengths.length]!;
            pieces!.pass(bytes.subarray(at, at + size), new Letters());
            at += size;
          }
          for (const byte of bytes) single!.pass(Buffer.of(byte), new Letters());
          expect(told(pieces!)).toEqual(told(single!));
          expect(single!.complete).toBe(!isCut);
        }),
      );
    },
  );

  it('has not begun with comments, pings and beginnings alone', () => {
    expect(watched('openai', 'chat', ': PROCESSING\n\n').begun).toBe(false);
    expect(
      watched('anthropic', 'messages', MESSAGES.slice(0, MESSAGES.indexOf('event: content_block'))).begun,
    ).toBe(false);
    expect(
      watched('openai', 'responses', RESPONSES.slice(0, RESPONSES.indexOf('event: response.output'))).begun,
    ).toBe(false);
  });

  it.each([
    [
      'openai',
      'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"finish_reason":null}],"usage":null}',
    ],
    ['openai', 'data: {"choices":[],"prompt_filter_results":[]}'],
    ['openai', 'data: {"choices":[{"text":"","finish_reason":null}]}'],
    [
      'openai',
      'event: response.output_item.added\ndata: {"type":"response.output_item.added","item":{"type":"message","content":[]}}',
    ],
    [
      'openai',
      'event: response.content_part.added\ndata: {"type":"response.content_part.added","part":{"text":""}}',
    ],
    [
      'anthropic',
      'event: content_block_start\ndata: {"type":"content_block_start","content_block":{"type":"text","text":""}}',
    ],
    [
      'anthropic',
      'event: content_block_start\ndata: {"type":"content_block_start","content_block":{"type":"thinking","thinking":""}}',
    ],
    ['gemini', 'data: {"candidates":[{"content":{"parts":[{"text":""}],"role":"model"}}]}'],
    ['gemini', 'data: {"usageMetadata":{"promptTokenCount":4}}'],
  ] as const)('has not begun with what %s sends before its model: %s', (protocol, event) => {
    expect(watched(protocol, 'chat', `${event}\n\n`).begun).toBe(false);
    const error =
      protocol === 'anthropic' ? 'event: error\ndata: {"type":"error","error":{}}' : 'data: {"error":{}}';
    expect(watched(protocol, 'chat', `${event}\n\n${error}\n\n`).failure).toBeDefined();
  });

  it.each([
    ['openai', 'data: {"choices":[{"delta":{"role":"assistant","content":"a"}}]}'],
    [
      'openai',
      'data: {"choices":[{"delta":{"role":"assistant","content":null,"tool_calls":[{"index":0}]}}]}',
    ],
    ['openai', 'data: {"choices":[{"delta":{"reasoning_content":"so"}}]}'],
    ['openai', 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}'],
    ['openai', 'data: {"choices":[{"delta":{"content":"a"}},{"delta":{"content":""}}]}'],
    ['openai', 'data: {"choices":[{"delta":{},"text":"a"}]}'],
    ['openai', '\uFEFFdata: {"choices":[{"delta":{"content":"ä"}}]}'],
    ['openai', 'data: of no kind that is known'],
    ['openai', 'event: response.output_item.added\ndata: {"item":{"type":"function_call","name":"f"}}'],
    [
      'anthropic',
      'event: content_block_start\ndata: {"content_block":{"type":"tool_use","name":"f","input":{}}}',
    ],
    [
      'anthropic',
      'event: content_block_start\ndata: {"content_block":{"type":"redacted_thinking","data":"x"}}',
    ],
    ['gemini', 'data: {"candidates":[{"content":{"parts":[{"text":"a"}]}}]}'],
    ['gemini', 'data: {"candidates":[{"content":{"parts":[{"text":"","thoughtSignature":"s"}]}}]}'],
    ['gemini', 'data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f"}}]}}]}'],
    ['gemini', 'data: {"candidates":[{"finishReason":"SAFETY"}]}'],
    ['gemini', 'data: {"promptFeedback":{"blockReason":"SAFETY"}}'],
    ['gemini', 'data: [1]]'],
  ] as const)('has begun with the first word of %s: %s', (protocol, event) => {
    expect(watched(protocol, 'chat', `${event}\n\n`).begun).toBe(true);
  });

  it('is not complete without the protocol’s own end', () => {
    expect(watched('openai', 'chat', CHAT.replace('data: [DONE]\n\n', '')).complete).toBe(false);
    expect(
      watched('anthropic', 'messages', MESSAGES.replace('event: message_stop', 'event: other')).complete,
    ).toBe(false);
    expect(watched('gemini', 'streamGenerateContent', GEMINI.slice(0, 60)).complete).toBe(false);
  });

  it.each([
    ['openai', 'chat', 'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\ndata: [DONE]\n\n'],
    ['openai', 'completions', 'data: [DONE]\n\n'],
    [
      'anthropic',
      'messages',
      MESSAGES.slice(0, MESSAGES.indexOf('event: content_block')) + 'event: message_stop\ndata: {}\n\n',
    ],
  ] as const)(
    'takes a stream of %s (%s) that ends without a word for a failure: %s',
    (protocol, operation, text) => {
      const watch = watched(protocol, operation, text);
      expect(watch).toMatchObject({ begun: false, failure: { reason: 'empty_answer', retry: 'attempt' } });
      expect(watch.error?.code).toBe('upstream_broken');
    },
  );

  it('asks no end of streams that have none', () => {
    expect(watched('openai', 'speech', 'data: {"type":"speech.audio.delta"}\n\n').complete).toBe(true);
  });

  it('takes an error that comes before anything else for a failure', () => {
    const overloaded =
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
    const early = watched(
      'anthropic',
      'messages',
      MESSAGES.slice(0, MESSAGES.indexOf('event: ping')) + overloaded,
    );
    expect(early.failure).toMatchObject({ blame: 'upstream', retry: 'attempt' });
    expect(early.begun).toBe(false);
    const late = watched(
      'anthropic',
      'messages',
      MESSAGES.slice(0, MESSAGES.indexOf('event: message_delta')) + overloaded,
    );
    expect(late).toMatchObject({ failure: undefined, complete: false });
  });

  it('does not hold events without end', () => {
    const watch = new StreamWatch(ADAPTERS.openai, 'chat');
    watch.pass(Buffer.from('data: '), new Letters());
    for (let i = 0; i < 40; i++) watch.pass(Buffer.alloc(64 * 1024, 'a'), new Letters());
    expect(watch.begun).toBe(true);
  });
});
