import { describe, expect, it } from 'vitest';
import { CallBody } from '../../../proxy/wire/call-body.js';
import { Notes } from '../../conversation/notes.js';
import type { Reply } from '../../conversation/reply.js';
import { readForm } from '../read-form.js';
import { audioType } from './audio-types.js';
import { writeGeminiTranscription } from './gemini-transcription.js';
import { TranscriptSink } from './transcript-sink.js';
import { transcriptOf } from './transcript.js';
import { readTranscriptionRequest } from './transcription-request.js';

const RECORDING = new File(['sound'], 'hello.mp3', { type: 'audio/mpeg' });

async function formOf(fields: Readonly<Record<string, string | File>>) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  const request = new Request('http://localhost', { method: 'POST', body: data });
  const body = new CallBody([Buffer.from(await request.arrayBuffer())]);
  return readForm(body, request.headers.get('content-type')!);
}

async function read(fields: Readonly<Record<string, string | File>>, translates = false) {
  return readTranscriptionRequest(await formOf({ file: RECORDING, ...fields }), translates);
}

function replyOf(text: string, reason: 'stop' | 'filtered' = 'stop'): Reply {
  const parts = [
    { kind: 'thought' as const, text: 'hm' },
    { kind: 'text' as const, text },
  ];
  return {
    id: '',
    model: '',
    candidates: [{ index: 0, parts, finish: { reason, native: reason.toUpperCase() } }],
    usage: { input: 5, output: 2, audioInput: 4 },
  };
}

describe('requests', () => {
  it('carry the recording, and say what is wanted of it', async () => {
    const notes = new Notes();
    const request = await read({
      language: 'de',
      prompt: 'Keywheel',
      temperature: '0.2',
      'include[]': 'logprobs',
    });
    const body = writeGeminiTranscription(request, notes);
    expect(body).toMatchObject({
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'audio/mpeg', data: Buffer.from('sound').toString('base64') } },
            { text: expect.stringMatching(/word for word[^]*spoken: de[^]*Keywheel/) as string },
          ],
        },
      ],
      generationConfig: { temperature: 0.2 },
    });
    expect(notes.warnings).toEqual(['dropped:include']);
    const english = writeGeminiTranscription(await read({}, true), notes);
    expect(JSON.stringify(english)).toContain('into English');
  });

  it.each([
    [{ file: '' }, 'bad_body'],
    [{ file: new File([], 'empty.mp3') }, 'bad_body'],
    [{ file: new File(['x'], 'what') }, 'untranslatable'],
    [{ temperature: 'hot' }, 'bad_body'],
    [{ response_format: 'srt' }, 'untranslatable'],
    [{ response_format: 'vtt' }, 'untranslatable'],
    [{ response_format: 'verbose_json' }, 'untranslatable'],
    [{ response_format: 'xml' }, 'bad_body'],
  ])('%j is refused as %s', async (fields, code) => {
    await expect(read(fields)).rejects.toMatchObject({ code });
  });

  it.each([
    ['application/json', '{}'],
    ['multipart/form-data; boundary=x', 'no form'],
    ['multipart/form-data', ''],
  ])('of %s are none', async (type, body) => {
    await expect(readForm(new CallBody([Buffer.from(body)]), type)).rejects.toMatchObject({
      code: 'bad_body',
    });
  });

  it.each([
    ['a.wav', '', 'audio/wav'],
    ['a.WAV', 'application/octet-stream', 'audio/wav'],
    ['a', 'audio/x-wav; codecs=1', 'audio/wav'],
    ['a.mp4', 'video/mp4', 'audio/mp4'],
    ['a.txt', 'text/plain', undefined],
  ])('%s of type "%s" is %s', (name, mime, type) => {
    expect(audioType({ name, mime, bytes: Buffer.alloc(1) })).toBe(type);
  });
});

describe('answers', () => {
  it('are what was said', () => {
    expect(transcriptOf(replyOf(' Hello. \n'))).toBe('Hello.');
    expect(() => transcriptOf(replyOf('', 'filtered'))).toThrow(/FILTERED/);
  });

  it('are streamed as deltas, and whole at last with their counts', () => {
    const sink = new TranscriptSink('r');
    sink.addWhole(replyOf('Hello.'));
    const events = sink
      .take()
      .toString()
      .trim()
      .split('\n\n')
      .map((event) => JSON.parse(event.slice('data: '.length)) as object);
    expect(events).toEqual([
      { type: 'transcript.text.delta', delta: 'Hello.' },
      {
        type: 'transcript.text.done',
        text: 'Hello.',
        usage: {
          type: 'tokens',
          input_tokens: 5,
          output_tokens: 2,
          total_tokens: 7,
          input_token_details: { audio_tokens: 4, text_tokens: 1 },
        },
      },
    ]);
  });

  it('that are withheld end a stream as an error', () => {
    const sink = new TranscriptSink('r');
    sink.addWhole(replyOf('', 'filtered'));
    expect(sink.take().toString()).toMatch(/^data: \{"error":.*FILTERED/);
  });
});
