import { describe, expect, it } from 'vitest';
import { Gathering } from '../../conversation/gather.js';
import type { Finish } from '../../conversation/reply.js';
import { readFault } from './errors.js';
import { writeFault } from '../openai-faults.js';
import { readReply } from './read-response.js';
import { readStream } from './read-stream.js';
import { bodyOf, eventsOf, plain, readFixture } from './responses.fixture.js';
import { writeReply } from './write-response.js';

const context = { requestId: 'req_1', conversation: plain };

function gathered(text: string): Gathering {
  const reader = readStream();
  const gathering = new Gathering();
  for (const event of eventsOf(text)) for (const news of reader.read(event)) gathering.add(news);
  return gathering;
}

describe('an answer of Responses', () => {
  it('is read as a whole', () => {
    const { candidates, ...rest } = readReply(bodyOf('response.json'));
    expect(rest).toEqual({
      id: 'resp_67ccd2bed1ec8190',
      model: 'gpt-6-2026-08-01',
      created: 1741476542,
      usage: { input: 36, output: 87, cached: 4, cacheWritten: 2, reasoning: 20 },
      extras: { responses: { service_tier: 'default' } },
    });
    expect(candidates[0]).toMatchObject({
      finish: { reason: 'calls', native: 'completed' },
      logprobs: [{ token: 'See', logprob: -0.1, bytes: [83], top: [] }],
      parts: [
        { kind: 'thought', text: 'Think.', signature: { origin: 'responses', value: 'rs_1#gAAAAABo' } },
        { kind: 'native', origin: 'responses' },
        {
          kind: 'text',
          text: 'See here.',
          citations: [{ url: 'https://example.com', title: 'Example', from: 4, to: 8 }, { title: 'a.pdf' }],
        },
        { kind: 'media', media: 'image', mime: 'image/webp', source: { kind: 'base64', data: 'iVBORw0K' } },
        { kind: 'call', id: 'call_1', name: 'look_up', arguments: '{"a":1}' },
        { kind: 'call', id: 'call_2', name: 'run', arguments: 'print(1)', freeform: true },
      ],
    });
  });

  it('is read from its stream', () => {
    const { reply, ended } = gathered(readFixture('stream.sse'));
    expect(ended).toBe(true);
    expect(reply).toMatchObject({
      id: 'resp_1',
      model: 'gpt-6',
      created: 1741487325,
      usage: { input: 37, output: 11, cached: 0, reasoning: 3 },
    });
    expect(reply.candidates[0]).toMatchObject({
      finish: { reason: 'calls' },
      parts: [
        {
          kind: 'thought',
          text: 'First.\n\nSecond.',
          signature: { origin: 'responses', value: 'rs_1#gAAAAABo' },
        },
        { kind: 'native', value: { type: 'web_search_call', status: 'completed' } },
        { kind: 'text', text: 'See here.', citations: [{ url: 'https://example.com', from: 4, to: 8 }] },
        { kind: 'call', id: 'call_1', name: 'look_up', arguments: '{"a":1}' },
      ],
    });
  });

  it('is read from a stream that tells its items only when they are done', () => {
    const text = readFixture('stream.sse')
      .split('\n\n')
      .filter((block) => !/\.(delta|added)\n|_(text|arguments)\.done|part\.done/.test(block))
      .join('\n\n');
    expect(gathered(text).reply.candidates[0]!.parts).toMatchObject([
      { kind: 'thought', text: 'First.\n\nSecond.' },
      { kind: 'native' },
      { kind: 'text', text: 'See here.' },
      { kind: 'call', id: 'call_1', arguments: '{"a":1}' },
    ]);
  });

  it.each([
    ['{"type":"error","code":"rate_limit_exceeded","message":"slow down","param":null}', 429, 'slow down'],
    ['{"type":"error","error":{"type":"invalid_request_error","message":"no"}}', 400, 'no'],
    [
      '{"type":"response.failed","response":{"error":{"code":"server_error","message":"sorry"}}}',
      500,
      'sorry',
    ],
    ['{"error":{"message":"plain"}}', 500, 'plain'],
    ['no JSON', 502, 'The upstream’s stream broke: an event is no JSON.'.replace('’', "'")],
    ['[]', 502, "The upstream's stream broke: an event is no object."],
  ])('%s is a fault', (data, status, message) => {
    expect(readStream().read({ event: undefined, data })).toEqual([
      expect.objectContaining({
        type: 'fault',
        fault: expect.objectContaining({ status, message }) as unknown,
      }),
    ]);
  });

  it.each([
    [{ error: { message: 'x' } }, /error/],
    [{}, /no output/],
  ])('%j is none', (body, message) => {
    expect(() => readReply(body)).toThrow(message);
  });

  it.each([
    ['stop', 'completed', null],
    ['stop_sequence', 'completed', null],
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['context_full', 'incomplete', { reason: 'max_output_tokens' }],
    ['filtered', 'incomplete', { reason: 'content_filter' }],
    ['refused', 'incomplete', { reason: 'content_filter' }],
    ['other', 'incomplete', { reason: 'max_output_tokens' }],
  ] as const)('that ended by %s is told as %s', (reason, status, details) => {
    const finish: Finish = { reason };
    const reply = {
      id: '',
      model: '',
      candidates: [{ index: 0, parts: [{ kind: 'text', text: 'x' } as const], finish }],
    };
    expect(writeReply(reply, context)).toMatchObject({ status, incomplete_details: details, error: null });
  });

  it('of which nothing came has failed, with what the provider said', () => {
    const finish: Finish = { reason: 'malformed_call', message: 'bad call' };
    const reply = { id: '', model: '', candidates: [{ index: 0, parts: [], finish }] };
    expect(writeReply(reply, context)).toMatchObject({
      id: 'resp_1',
      status: 'failed',
      error: { code: 'server_error', message: 'The model tried to call a tool and failed: bad call' },
    });
  });

  it('of another provider keeps its status and message in the envelope', () => {
    const fault = readFault(429, '{"error":{"message":"slow","type":"rate_limit_error","code":null}}');
    expect(fault).toEqual({ status: 429, message: 'slow', code: 'rate_limit_error' });
    expect(writeFault(fault, 'req_1')).toMatchObject({
      error: {
        message: 'slow',
        type: 'rate_limit_error',
        keywheel_code: 'upstream_error',
        request_id: 'req_1',
      },
    });
    expect(readFault(502, '')).toMatchObject({
      status: 502,
      message: 'The upstream answered with status 502.',
    });
  });
});
