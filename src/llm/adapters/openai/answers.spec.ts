import { describe, expect, it } from 'vitest';
import { at } from '../../../kernel/judging.js';
import type { Finish, Reply } from '../../conversation/reply.js';
import { plain, readFixture } from './chat.fixture.js';
import { chatCodec } from './codec.js';

const recorded = JSON.parse(readFixture('replies.json')) as Record<string, { body: Record<string, unknown> }>;
const readOf = (name: string) => chatCodec.readReply(recorded[name]!.body);
const context = { requestId: 'req_1', conversation: plain, created: 1700000000 };
const reply = (finish: Finish, ...parts: Reply['candidates'][0]['parts']): Reply => ({
  id: '',
  model: '',
  candidates: [{ index: 0, parts, finish }],
});
interface WrittenChoice {
  readonly message: Record<string, unknown>;
  readonly finish_reason?: string;
}

const writtenChoice = (one: Reply) => {
  const body = chatCodec.writeReply(one, context) as { choices: WrittenChoice[] };
  return body.choices[0]!;
};

describe('readReply of Chat Completions', () => {
  it('counts tokens, and keeps what only this dialect tells', () => {
    const read = readOf('text');
    expect(read.usage).toEqual({
      input: 1117,
      output: 46,
      cached: 1024,
      reasoning: 8,
      audioInput: 0,
      audioOutput: 0,
    });
    expect(read.extras).toEqual({
      chat: {
        system_fingerprint: 'fp_fc9f1d7035',
        service_tier: 'default',
        predictions: { accepted_prediction_tokens: 3, rejected_prediction_tokens: 1 },
      },
    });
    expect(chatCodec.writeReply(read, context)).toMatchObject({
      usage: recorded.text!.body.usage,
      system_fingerprint: 'fp_fc9f1d7035',
    });
  });

  it('cites', () => {
    const read = readOf('search');
    expect(read.candidates[0]!.parts).toEqual([
      {
        kind: 'text',
        text: 'The news (example.com).',
        citations: [{ url: 'https://example.com/', title: 'Page', from: 9, to: 22 }],
      },
    ]);
    expect(writtenChoice(read).message.annotations).toEqual(
      at(recorded.search!.body, 'choices', 0, 'message', 'annotations'),
    );
  });

  it('tells a refusal from an answer', () => {
    const read = readOf('refusal');
    expect(read.candidates[0]).toMatchObject({ finish: { reason: 'refused' }, parts: [{ kind: 'refusal' }] });
    expect(writtenChoice(read)).toMatchObject({
      finish_reason: 'stop',
      message: { content: null, refusal: "I'm sorry, I cannot assist." },
    });
  });

  it('hears', () => {
    const read = readOf('audio');
    expect(read.candidates[0]!.parts).toMatchObject([
      { kind: 'media', media: 'audio', transcript: 'Yes.', extras: { chat: { id: 'audio_abc' } } },
    ]);
    expect(writtenChoice(read).message.audio).toEqual({
      id: 'audio_abc',
      data: 'UklGRg==',
      transcript: 'Yes.',
      expires_at: 1729018505,
    });
  });

  it('reads what others add', () => {
    expect(readOf('deepseek')).toMatchObject({
      usage: { input: 20, output: 10, cached: 16 },
      candidates: [
        { parts: [{ kind: 'thought' }, { kind: 'call', id: 'call_00_x' }], finish: { reason: 'calls' } },
      ],
    });
    expect(readOf('google')).toMatchObject({
      usage: { input: 10, output: 30, reasoning: 25 },
      candidates: [
        {
          parts: [{ kind: 'call', signature: { origin: 'gemini', value: 'CqYBsig' } }],
          finish: { reason: 'calls' },
        },
      ],
    });
    expect(readOf('mistral').candidates[0]!.parts).toEqual([
      { kind: 'thought', text: 'Well, John.' },
      { kind: 'text', text: 'It is John.' },
    ]);
  });

  it.each([
    [{ error: { message: 'no' } }],
    [{}],
    [{ choices: [] }],
    [{ choices: [{ error: { code: 502 }, finish_reason: 'error', message: { content: 'Half' } }] }],
    [{ choices: [{ message: { content: [{ type: 'smell' }] } }] }],
  ])('%j is no answer, and not the caller’s fault', (body) => {
    expect(() => chatCodec.readReply(body)).toThrow(
      expect.not.objectContaining({ code: 'bad_body' }) as Error,
    );
  });
});

describe('writeReply of Chat Completions', () => {
  it('fills in what the provider does not tell', () => {
    expect(chatCodec.writeReply(reply({ reason: 'stop' }), context)).toMatchObject({
      id: 'chatcmpl-req_1',
      object: 'chat.completion',
      model: 'm',
      created: 1700000000,
    });
  });

  it.each([
    ['stop', 'stop'],
    ['stop_sequence', 'stop'],
    ['length', 'length'],
    ['context_full', 'length'],
    ['calls', 'tool_calls'],
    ['filtered', 'content_filter'],
    ['refused', 'content_filter'],
    ['paused', 'length'],
    ['malformed_call', 'length'],
    ['other', 'length'],
  ] as const)('ends an answer by %s with %s', (reason, word) => {
    const choice = writtenChoice(reply({ reason, native: 'NATIVE' }));
    expect(choice).toMatchObject({ finish_reason: word, native_finish_reason: 'NATIVE' });
    expect(choice.message.content).toBeNull();
  });

  it('gives clients what they have to give back', () => {
    const { message } = writtenChoice(
      reply(
        { reason: 'calls' },
        { kind: 'thought', text: 'hm', signature: { origin: 'anthropic', value: 'SIG' } },
        { kind: 'thought', text: '', redacted: true, signature: { origin: 'anthropic', value: 'RED' } },
        { kind: 'text', text: 'a', signature: { origin: 'gemini', value: 'TXT' } },
        { kind: 'call', id: 'c', name: 'f', arguments: '{}', signature: { origin: 'gemini', value: 'GEM' } },
      ),
    );
    expect(message).toMatchObject({
      reasoning_content: 'hm',
      reasoning_details: [
        { type: 'reasoning.text', text: 'hm', signature: 'kw1.anthropic.SIG', index: 0 },
        { type: 'reasoning.encrypted', data: 'kw1.anthropic.RED', index: 1 },
      ],
      extra_content: { google: { thought_signature: 'TXT' } },
      tool_calls: [{ id: 'c', extra_content: { google: { thought_signature: 'GEM' } } }],
    });
    const { messages } = chatCodec.readRequest(
      { model: 'm', messages: [message] },
      { model: undefined, stream: false },
    );
    expect(messages[0]!.parts.map(({ signature }) => signature?.value)).toEqual(['SIG', 'RED', 'TXT', 'GEM']);
  });

  it('answers the deprecated functions as they were asked', () => {
    const tools = [{ kind: 'function' as const, name: 'f', extras: { chat: { legacy: true } } }];
    const body = chatCodec.writeReply(
      reply({ reason: 'calls' }, { kind: 'call', id: 'c', name: 'f', arguments: '{}' }),
      { ...context, conversation: { ...plain, tools } },
    );
    expect(body.choices).toMatchObject([
      { finish_reason: 'function_call', message: { function_call: { name: 'f', arguments: '{}' } } },
    ]);
  });

  it('shows images', () => {
    const { message } = writtenChoice(
      reply(
        { reason: 'stop' },
        { kind: 'media', media: 'image', mime: 'image/png', source: { kind: 'base64', data: 'AA==' } },
      ),
    );
    expect(message.images).toEqual([
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' }, index: 0 },
    ]);
  });
});

describe('faults in Chat Completions', () => {
  it.each([
    [
      400,
      '{"error":{"message":"long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}',
      { status: 400, message: 'long', code: 'context_length_exceeded', param: 'messages' },
    ],
    [500, '', { status: 500, message: 'The upstream answered with status 500.' }],
    [502, '<html>', { status: 502, message: '<html>' }],
    [400, '{"code":"Client error","error":"Bad"}', { status: 400, message: 'Bad' }],
    [429, '{"error":{"code":429,"message":"slow"}}', { status: 429, message: 'slow' }],
  ])('%i %s', (status, body, fault) => {
    expect(chatCodec.readFault(status, body)).toMatchObject(fault);
  });

  it('are told with the upstream’s own words in the envelope', () => {
    expect(
      chatCodec.writeFault({ status: 429, message: 'slow', code: 'RESOURCE_EXHAUSTED' }, 'req_1'),
    ).toEqual({
      error: {
        message: 'slow',
        type: 'rate_limit_error',
        param: null,
        code: 'RESOURCE_EXHAUSTED',
        keywheel_code: 'upstream_error',
        request_id: 'req_1',
      },
    });
  });
});
