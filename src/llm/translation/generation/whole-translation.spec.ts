import { describe, expect, it } from 'vitest';
import { CODECS } from '../../adapters/codecs.js';
import type { ReplyContext } from '../../conversation/codec.js';
import { makeSink } from './reply-sink.js';
import { WholeTranslation } from './whole-translation.js';

const CONTEXT: ReplyContext = {
  requestId: 'req_1',
  conversation: { model: 'm', stream: false, system: [], messages: [], tools: [], sampling: {} },
};

function translated(answer: unknown, cut = 7) {
  const sink = makeSink(CODECS.chat, CONTEXT, { streamsArray: false, remember: undefined });
  const watch = new WholeTranslation(CODECS.gemini, sink);
  const bytes = Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
  for (let at = 0; at < bytes.length; at += cut)
    expect(watch.pass(bytes.subarray(at, at + cut)).length).toBe(0);
  const written = watch.flush().toString();
  return { watch, written };
}

describe('WholeTranslation', () => {
  it('writes a complete answer for the caller, with its counts', () => {
    const { watch, written } = translated({
      candidates: [{ content: { role: 'model', parts: [{ text: 'Grüß Gott' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
    });
    expect(JSON.parse(written)).toMatchObject({ choices: [{ message: { content: 'Grüß Gott' } }] });
    expect(watch.failure).toBeUndefined();
    expect(watch.complete).toBe(true);
    expect(watch.usage).toMatchObject({ input: 3, output: 4 });
  });

  it.each([
    ['is empty', { candidates: [{ content: { role: 'model', parts: [] } }] }],
    ['is no JSON', '<html>'],
    ['is another kind of JSON', [1, 2]],
    ['was cut off', '{"candidates":[{"content"'],
  ])('fails over where the answer %s', (_, answer) => {
    const { watch, written } = translated(answer);
    expect(written).toBe('');
    expect(watch.complete).toBe(false);
    expect(watch.failure).toMatchObject({ blame: 'upstream', retry: 'attempt' });
    expect(watch.error?.code).toBe('upstream_broken');
  });

  it('does not take a prompt that was blocked for an empty answer', () => {
    const { watch, written } = translated({ promptFeedback: { blockReason: 'SAFETY' } });
    expect(watch.failure).toBeUndefined();
    expect(JSON.parse(written)).toMatchObject({ choices: [{ finish_reason: 'content_filter' }] });
  });
});
