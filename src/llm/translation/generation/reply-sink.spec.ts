import { describe, expect, it } from 'vitest';
import { geminiCodec } from '../../adapters/gemini/codec.js';
import type { ReplyContext } from '../../conversation/codec.js';
import type { Reply } from '../../conversation/reply.js';
import { makeSink } from './reply-sink.js';

const CONTEXT = { requestId: 'req_1', conversation: { model: 'm', stream: true } } as ReplyContext;

describe('a stream as one JSON array', () => {
  it('holds every event whole, whatever its text looks like', () => {
    const text = 'a\u2028data: {"b":1}\u2028c\ndata: d';
    const reply: Reply = {
      id: 'r',
      model: 'm',
      candidates: [{ index: 0, parts: [{ kind: 'text', text }], finish: { reason: 'stop' } }],
    };
    const sink = makeSink(geminiCodec, CONTEXT, { streamsArray: true, remember: undefined });
    sink.addWhole(reply);
    expect(JSON.parse(sink.take().toString())).toMatchObject([
      { candidates: [{ content: { parts: [{ text }] } }] },
      { candidates: [{ finishReason: 'STOP' }] },
    ]);
  });
});
