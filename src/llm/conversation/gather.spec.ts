import { describe, expect, it } from 'vitest';
import { Gathering } from './gather.js';
import type { Reply } from './reply.js';
import { scatter } from './scatter.js';

const REPLY: Reply = {
  id: 'r1',
  model: 'm',
  created: 5,
  candidates: [
    {
      index: 0,
      parts: [
        { kind: 'thought', text: 'hm', signature: { origin: 'anthropic', value: 'sig' } },
        { kind: 'thought', text: '', redacted: true, signature: { origin: 'anthropic', value: 'x' } },
        { kind: 'text', text: 'Hello', citations: [{ url: 'https://example.com' }] },
        { kind: 'text', text: 'side', extras: { gemini: { a: 1 } } },
        {
          kind: 'call',
          id: 'c1',
          name: 'f',
          arguments: '{"a":1}',
          signature: { origin: 'gemini', value: 's' },
        },
        { kind: 'call', id: 'c2', name: 'g', arguments: 'free', freeform: true },
        { kind: 'media', media: 'image', mime: 'image/png', source: { kind: 'base64', data: 'AAAA' } },
      ],
      finish: { reason: 'calls', native: 'tool_use' },
      logprobs: [{ token: 'H', logprob: -1, top: [] }],
      extras: { gemini: { groundingMetadata: {} } },
    },
    { index: 1, parts: [{ kind: 'refusal', text: 'no' }], finish: { reason: 'refused' } },
  ],
  usage: { input: 3, output: 4, reasoning: 1 },
  extras: { chat: { service_tier: 'x' } },
};

describe('Gathering', () => {
  it('makes the answer of which the events were', () => {
    const gathering = new Gathering();
    for (const event of scatter(REPLY)) gathering.add(event);
    expect(gathering.reply).toEqual(REPLY);
    expect(gathering.ended).toBe(true);
    expect(gathering.fault).toBeUndefined();
  });

  it('keeps counts that come bit by bit, and a fault', () => {
    const gathering = new Gathering();
    gathering.add({ type: 'usage', usage: { input: 7 } });
    gathering.add({ type: 'usage', usage: { output: 2 } });
    gathering.add({ type: 'fault', fault: { status: 500, message: 'broken' } });
    expect(gathering.reply.usage).toEqual({ input: 7, output: 2 });
    expect(gathering.fault).toEqual({ status: 500, message: 'broken' });
    expect(gathering.ended).toBe(false);
  });
});
