import { describe, expect, it } from 'vitest';
import { CODECS } from '../../adapters/codecs.js';
import type { Fields } from '../../conversation/dialect.js';
import { Notes } from '../../conversation/notes.js';
import { DRAWING, isDrawn } from './drawn-answers.js';
import { makeSink } from './reply-sink.js';

const CAT = { role: 'user', parts: [{ text: 'a cat' }] };
const PICTURES = { responseModalities: ['TEXT', 'IMAGE'] };

const read = (config: Fields, more: Fields = {}, stream = false) =>
  CODECS.gemini.readRequest(
    { contents: [CAT], generationConfig: { ...PICTURES, ...config }, ...more },
    { model: 'gpt-image-1', stream },
  );

function written(config: Fields, more: Fields = {}, model = 'gpt-image-1') {
  const notes = new Notes();
  const { path, body } = DRAWING.writeRequest(read(config, more), { model, preset: 'openai', notes });
  return { path, body, warnings: notes.warnings };
}

const ANSWER = {
  created: 1_760_000_000,
  output_format: 'webp',
  data: [{ b64_json: 'YQ==' }, { b64_json: 'Yg==' }],
  usage: { input_tokens: 9, output_tokens: 400, total_tokens: 409 },
};

describe('pictures of OpenAI’s models for callers of Gemini', () => {
  it('are those that are asked of a model that draws', () => {
    expect(isDrawn(read({}), 'gpt-image-1')).toBe(true);
    expect(isDrawn(read({}), 'dall-e-3')).toBe(true);
    expect(isDrawn(read({}), 'gpt-5')).toBe(false);
    expect(isDrawn(read({ responseModalities: ['TEXT'] }), 'gpt-image-1')).toBe(false);
  });

  it('are asked for by a prompt', () => {
    expect(written({ candidateCount: 2, imageConfig: { aspectRatio: '3:2' } })).toEqual({
      path: '/v1/images/generations',
      body: { model: 'gpt-image-1', prompt: 'a cat', n: 2, size: '1536x1024' },
      warnings: [],
    });
  });

  it.each([
    ['gpt-image-1', '1:1', '1024x1024', []],
    ['gpt-image-1', '9:16', '1024x1536', ['approximated:size']],
    ['dall-e-3', '16:9', '1792x1024', ['approximated:size']],
    ['dall-e-2', '3:4', '1024x1024', ['approximated:size']],
  ])('of %s have the shape nearest to %s', (model, aspectRatio, size, warnings) => {
    expect(written({ imageConfig: { aspectRatio } }, {}, model)).toMatchObject({ body: { size }, warnings });
  });

  it('tell what has no counterpart, and refuse what cannot go missing', () => {
    expect(written({ temperature: 1, maxOutputTokens: 9 }).warnings).toEqual([
      'dropped:maxOutputTokens',
      'dropped:temperature',
    ]);
    const png = { inlineData: { mimeType: 'image/png', data: 'YQ==' } };
    for (const more of [
      { systemInstruction: { parts: [{ text: 'in blue' }] } },
      { contents: [CAT, { role: 'model', parts: [{ text: 'no' }] }, CAT] },
      { contents: [{ role: 'user', parts: [{ text: 'make it blue' }, png] }] },
      { tools: [{ functionDeclarations: [{ name: 'f' }] }] },
    ]) {
      expect(() => written({}, more)).toThrow(expect.objectContaining({ code: 'untranslatable' }) as Error);
    }
  });

  it.each([false, true])('come as candidates with their bytes (streamed: %s)', (stream) => {
    const context = { requestId: 'req_1', conversation: read({}, {}, stream) };
    const sink = makeSink(CODECS.gemini, context, { streamsArray: false, remember: undefined });
    sink.addWhole(DRAWING.readReply(ANSWER));
    sink.flush();
    const text = sink.take().toString();
    const events = stream ? text.split('\n').filter((line) => line.startsWith('data: ')) : [text];
    const answers = events.map((event) => JSON.parse(event.replace(/^data: /, '')) as Fields);
    const inline = JSON.stringify(answers).match(/"inlineData":\{[^}]*\}/g);
    expect(inline).toEqual([
      '"inlineData":{"mimeType":"image/webp","data":"YQ=="}',
      '"inlineData":{"mimeType":"image/webp","data":"Yg=="}',
    ]);
    expect(JSON.stringify(answers).match(/"finishReason":"STOP"/g)).toHaveLength(2);
    expect(answers.at(-1)).toMatchObject({
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 400 },
    });
  });

  it('are none where the answer holds none', () => {
    expect(() => DRAWING.readReply({ data: [] })).toThrow();
    expect(() => DRAWING.readReply({ data: [{ url: 'https://example.com/a.png' }] })).toThrow();
  });
});
