import { describe, expect, it } from 'vitest';
import { Notes } from '../../conversation/notes.js';
import { readGeminiSpeech, writeGeminiSpeech } from './gemini-speech.js';
import { encodeMp3 } from './mp3.js';
import { soundOf } from './sound.js';
import { readSpeechRequest } from './speech-request.js';
import { geminiVoice, STAND_INS } from '../../conversation/voices.js';

const hello = { model: 'm', input: 'Hello', voice: 'alloy' };

/** A tone of 440 Hz. */
function tone(seconds: number, rate = 24_000) {
  const samples = Buffer.alloc(seconds * rate * 2);
  for (let at = 0; at < seconds * rate; at++) {
    samples.writeInt16LE(Math.round(12_000 * Math.sin((at * 2 * Math.PI * 440) / rate)), at * 2);
  }
  return { samples, rate };
}

/** Frames of MPEG 2 layer III, each of 576 samples, by their heads alone. */
function framesOf(mp3: Buffer): number {
  let frames = 0;
  for (let at = 0; at < mp3.length; frames++) {
    const [, second = 0, third = 0] = mp3.subarray(at, at + 3);
    expect([mp3[at], second & 0xfe]).toEqual([0xff, 0xf2]);
    const kbits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160][third >> 4]!;
    at += Math.floor((72_000 * kbits) / 24_000) + ((third >> 1) & 1);
  }
  return frames;
}

describe('requests', () => {
  it('name a voice, and begin with how to say it', () => {
    const notes = new Notes();
    const request = readSpeechRequest({ ...hello, instructions: 'Say it cheerfully. ', speed: 1.5 });
    expect(writeGeminiSpeech(request, notes)).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Say it cheerfully:\nHello' }] }],
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
    });
    expect(notes.warnings).toEqual(['dropped:speed', 'approximated:voice']);
  });

  it('lose nothing where all can be said', () => {
    const notes = new Notes();
    const body = writeGeminiSpeech(readSpeechRequest({ ...hello, voice: 'puck', speed: 1 }), notes);
    expect(JSON.stringify(body)).toContain('"Puck"');
    expect(notes.warnings).toEqual([]);
  });

  it('reach a voice of Gemini for each of OpenAI', () => {
    for (const voice of Object.values(STAND_INS)) {
      expect(geminiVoice(voice)).toEqual({ voice, isStandIn: false });
    }
    expect(geminiVoice('Newest')).toEqual({ voice: 'Newest', isStandIn: false });
  });

  it.each([
    [{ input: '' }, 'bad_body'],
    [{ input: 5 }, 'bad_body'],
    [{ voice: undefined }, 'bad_body'],
    [{ voice: { id: 'voice_1' } }, 'untranslatable'],
    [{ response_format: 'opus' }, 'untranslatable'],
    [{ response_format: 'midi' }, 'bad_body'],
    [{ stream_format: 'sse' }, 'untranslatable'],
  ])('%j is refused as %s', (change, code) => {
    expect(() => readSpeechRequest({ ...hello, ...change })).toThrow(expect.objectContaining({ code }));
  });
});

describe('answers', () => {
  const answer = (parts: object[], finishReason = 'STOP') => ({
    candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 50, totalTokenCount: 53 },
  });
  const inlineData = { mimeType: 'audio/L16;codec=pcm;rate=16000', data: 'AAEC' };

  it('are PCM at the rate that they tell', () => {
    expect(readGeminiSpeech(answer([{ inlineData }, { inlineData }]))).toEqual({
      pcm: { samples: Buffer.from([0, 1, 2, 0, 1, 2]), rate: 16_000 },
      usage: { input: 3, output: 50, cached: 0 },
    });
  });

  it.each([
    [answer([], 'SAFETY'), 'SAFETY'],
    [answer([{ text: 'I would rather not.' }]), 'I would rather not.'],
    [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }, 'PROHIBITED_CONTENT'],
  ])('without sound are refusals', (body, said) => {
    expect(() => readGeminiSpeech(body)).toThrow(
      expect.objectContaining({ code: 'content_blocked', message: expect.stringContaining(said) as string }),
    );
  });

  it('in another coding are none', () => {
    const other = { inlineData: { mimeType: 'audio/flac', data: 'AAEC' } };
    expect(() => readGeminiSpeech(answer([other]))).toThrow(/flac/);
  });
});

describe('sound', () => {
  it('as WAV has a head that tells its length and rate', async () => {
    const pcm = tone(1);
    const wav = await soundOf(pcm, 'wav');
    expect(wav.toString('latin1', 0, 4) + wav.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect([wav.readUInt32LE(4), wav.readUInt32LE(24), wav.readUInt32LE(40)]).toEqual([
      48_036, 24_000, 48_000,
    ]);
    expect(wav.subarray(44).equals(pcm.samples)).toBe(true);
    expect(await soundOf(pcm, 'pcm')).toBe(pcm.samples);
  });

  it('as MP3 is as long as it was, also when several are made at once', async () => {
    const made = await Promise.all([1, 2, 3].map((seconds) => encodeMp3(tone(seconds))));
    for (const [index, mp3] of made.entries()) {
      const seconds = (framesOf(mp3) * 576) / 24_000;
      expect(seconds).toBeGreaterThanOrEqual(index + 1);
      expect(seconds).toBeLessThan(index + 1.2);
    }
    expect((await encodeMp3(tone(1))).equals(made[0]!)).toBe(true);
  });

  it('as MP3 lets other work go on', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await encodeMp3(tone(20));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });
});
