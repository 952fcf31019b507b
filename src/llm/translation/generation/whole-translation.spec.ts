import { describe, expect, it } from 'vitest';
import { ADAPTERS } from '../../adapters/adapters.js';
import { CODECS } from '../../adapters/codecs.js';
import type { ReplyContext } from '../../conversation/codec.js';
import { WholeAnswer } from '../whole/whole-answer.js';
import { makeSink } from './reply-sink.js';
import { StreamTranslation } from './stream-translation.js';
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

  it('gives up what is larger than 32 MiB, and asks no other key for it', () => {
    const sink = makeSink(CODECS.chat, CONTEXT, { streamsArray: false, remember: undefined });
    const rewrite = () => ({ bytes: Buffer.from('never') });
    const reader = CODECS.gemini.readStream();
    for (const watch of [
      new WholeTranslation(CODECS.gemini, sink),
      new WholeAnswer(rewrite),
      new StreamTranslation(ADAPTERS.gemini, reader, sink),
    ]) {
      const piece = Buffer.alloc(1024 * 1024, 'a');
      for (let i = 0; i < 32; i++) watch.pass(piece);
      expect(watch.failure).toBeUndefined();
      expect(watch.pass(piece)).toHaveLength(0);
      expect(watch.failure).toMatchObject({ reason: 'answer_too_large', retry: 'no' });
      expect(watch.error).toMatchObject({ code: 'upstream_too_large', status: 502 });
      expect(watch.complete).toBe(false);
    }
  });

  it('gathers no stream that is larger in all, and reads any for a caller that streams', () => {
    const event = `data: {"candidates":[{"content":{"parts":[{"text":"${'a'.repeat(1024 * 1024)}"}]}}]}\n\n`;
    const streamed = (isGathered: boolean) => {
      const conversation = { ...CONTEXT.conversation, stream: !isGathered };
      const context = { ...CONTEXT, conversation };
      const sink = makeSink(CODECS.chat, context, { streamsArray: false, remember: undefined });
      const watch = new StreamTranslation(ADAPTERS.gemini, CODECS.gemini.readStream(), sink, isGathered);
      for (let i = 0; i < 33; i++) watch.pass(Buffer.from(event));
      return watch;
    };
    expect(streamed(true)).toMatchObject({ complete: false, failure: { reason: 'answer_too_large' } });
    expect(streamed(false).failure).toBeUndefined();
  });

  it('does not take a prompt that was blocked for an empty answer', () => {
    const { watch, written } = translated({ promptFeedback: { blockReason: 'SAFETY' } });
    expect(watch.failure).toBeUndefined();
    expect(JSON.parse(written)).toMatchObject({ choices: [{ finish_reason: 'content_filter' }] });
  });
});
