import { describe, expect, it } from 'vitest';
import { CODECS } from '../../adapters/codecs.js';
import type { Fields } from '../../conversation/dialect.js';
import { Notes } from '../../conversation/notes.js';
import { makeSink } from './reply-sink.js';
import { isSpoken, readSound, SPEAKING } from './spoken-answers.js';
import { WholeTranslation } from './whole-translation.js';

const HELLO = { role: 'user', parts: [{ text: 'Hello' }] };
const voiced = (voiceName: string) => ({
  speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } },
});

const read = (config: Fields = {}, more: Fields = {}) =>
  CODECS.gemini.readRequest(
    { contents: [HELLO], generationConfig: { responseModalities: ['AUDIO'], ...config }, ...more },
    { model: 'tts-1', stream: false },
  );

function written(config: Fields = {}, more: Fields = {}, model = 'gpt-4o-mini-tts') {
  const notes = new Notes();
  const { path, body } = SPEAKING.writeRequest(read(config, more), { model, preset: 'openai', notes });
  return { path, body, warnings: notes.warnings };
}

describe('speech of OpenAI’s models for callers of Gemini', () => {
  it('is what is asked of a model that speaks', () => {
    expect(isSpoken(read(), 'gpt-4o-mini-tts')).toBe(true);
    expect(isSpoken(read(), 'tts-1-hd')).toBe(true);
    expect(isSpoken(read(), 'gpt-4o-audio-preview')).toBe(false);
    expect(isSpoken(read({ responseModalities: ['TEXT'] }), 'tts-1')).toBe(false);
  });

  it('is asked for by a text, in a voice that is near', () => {
    const systemInstruction = { parts: [{ text: 'Whisper' }] };
    expect(written(voiced('Kore'), { systemInstruction })).toEqual({
      path: '/v1/audio/speech',
      body: {
        model: 'gpt-4o-mini-tts',
        input: 'Hello',
        voice: 'alloy',
        response_format: 'pcm',
        instructions: 'Whisper',
      },
      warnings: ['approximated:voice'],
    });
    expect(written(voiced('nova'))).toMatchObject({ body: { voice: 'nova' }, warnings: [] });
    expect(written()).toMatchObject({ body: { voice: 'alloy' }, warnings: [] });
  });

  it('is refused by name where the model cannot do it', () => {
    const untranslatable = expect.objectContaining({ code: 'untranslatable' }) as Error;
    const systemInstruction = { parts: [{ text: 'Whisper' }] };
    expect(() => written({}, { systemInstruction }, 'tts-1')).toThrow(untranslatable);
    const multiSpeakerVoiceConfig = { speakerVoiceConfigs: [] };
    expect(() => written({ speechConfig: { multiSpeakerVoiceConfig } })).toThrow(untranslatable);
    expect(() => written({ candidateCount: 2 })).toThrow(untranslatable);
  });

  it('comes as the bytes that Gemini’s own models speak in', () => {
    const context = { requestId: 'req_1', conversation: read() };
    const sink = makeSink(CODECS.gemini, context, { streamsArray: false, remember: undefined });
    const watch = new WholeTranslation(SPEAKING, sink, readSound);
    const sound = Buffer.from([0, 1, 0xff, 0x7b]);
    watch.pass(sound.subarray(0, 1));
    watch.pass(sound.subarray(1));
    const answer = JSON.parse(watch.flush().toString()) as Fields;
    expect(answer).toMatchObject({
      candidates: [
        {
          content: {
            parts: [
              { inlineData: { mimeType: 'audio/L16;codec=pcm;rate=24000', data: sound.toString('base64') } },
            ],
          },
          finishReason: 'STOP',
        },
      ],
    });
  });

  it('is another attempt’s where there is no sound', () => {
    const context = { requestId: 'req_1', conversation: read() };
    const sink = makeSink(CODECS.gemini, context, { streamsArray: false, remember: undefined });
    const watch = new WholeTranslation(SPEAKING, sink, readSound);
    expect(watch.flush()).toHaveLength(0);
    expect(watch.failure).toMatchObject({ blame: 'upstream', retry: 'attempt' });
  });
});
