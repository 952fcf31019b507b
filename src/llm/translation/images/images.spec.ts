import type { Cache } from 'cache-manager';
import { describe, expect, it } from 'vitest';
import { Notes } from '../../conversation/notes.js';
import { readGeminiImages, writeGeminiImages } from './gemini-images.js';
import { ImageFiles } from './image-files.js';
import { readEdit, readGeneration } from './image-request.js';
import { readImagen, writeImagen } from './imagen.js';
import { GEMINI_RATIOS, IMAGEN_RATIOS, shapeOf } from './shapes.js';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const image = { name: 'a.png', mime: 'image/png', bytes: PNG };

describe('requests', () => {
  it('of several become one prediction of Imagen', () => {
    const notes = new Notes();
    const request = readGeneration({
      model: 'm',
      prompt: 'a cat',
      n: 2,
      size: '2048x2048',
      output_format: 'jpeg',
      quality: 'high',
      background: 'transparent',
      style: 'vivid',
      user: 'me',
    });
    expect(writeImagen(request, 'imagen-4.0-generate-001', notes)).toEqual({
      instances: [{ prompt: 'a cat' }],
      parameters: {
        sampleCount: 2,
        aspectRatio: '1:1',
        sampleImageSize: '2K',
        outputOptions: { mimeType: 'image/jpeg' },
      },
    });
    expect(notes.warnings).toEqual([
      'dropped:quality',
      'dropped:background',
      'dropped:style',
      'dropped:user',
    ]);
  });

  it('become content with images of Gemini, what is to be edited first', () => {
    const notes = new Notes();
    const request = readEdit({
      texts: new Map([
        ['prompt', 'make it blue'],
        ['n', '1'],
        ['size', '1536x1024'],
      ]),
      files: new Map([['image', [image, { ...image, mime: 'application/octet-stream' }]]]),
    });
    const data = PNG.toString('base64');
    expect(writeGeminiImages(request, 'gemini-3-pro-image-preview', notes)).toEqual({
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'image/png', data } },
            { inlineData: { mimeType: 'image/png', data } },
            { text: 'make it blue' },
          ],
        },
      ],
      generationConfig: {
        responseModalities: ['TEXT', 'IMAGE'],
        imageConfig: { aspectRatio: '3:2', imageSize: '1K' },
      },
    });
    expect(notes.warnings).toEqual(['approximated:size']);
  });

  it('say nothing of a size that is left to the model', () => {
    const request = readGeneration({ prompt: 'a cat', size: 'auto' });
    expect(writeGeminiImages(request, 'gemini-2.5-flash-image', new Notes())).toMatchObject({
      generationConfig: { responseModalities: ['TEXT', 'IMAGE'] },
    });
    expect(writeImagen(request, 'imagen-4.0-generate-001', new Notes()).parameters).toEqual({
      sampleCount: 1,
    });
  });

  it.each([
    [{ prompt: '' }, 'bad_body'],
    [{ prompt: 5 }, 'bad_body'],
    [{ n: 0 }, 'bad_body'],
    [{ n: 1.5 }, 'bad_body'],
    [{ size: 'big' }, 'bad_body'],
    [{ size: '00x00' }, 'bad_body'],
    [{ output_format: 'gif' }, 'bad_body'],
    [{ response_format: 'file' }, 'bad_body'],
    [{ stream: true }, 'untranslatable'],
  ])('%j is refused as %s', (change, code) => {
    expect(() => readGeneration({ prompt: 'a cat', ...change })).toThrow(expect.objectContaining({ code }));
  });

  it('to edit are refused without a picture, with a mask, and by Imagen', () => {
    const texts = new Map([['prompt', 'blue']]);
    const refusal = (code: string) => expect.objectContaining({ code }) as Error;
    expect(() => readEdit({ texts, files: new Map() })).toThrow(refusal('bad_body'));
    const files = new Map([['image', [image]]]);
    const masked = new Map([...files, ['mask', [image]] as const]);
    expect(() => readEdit({ texts, files: masked })).toThrow(refusal('untranslatable'));
    const request = readEdit({ texts, files });
    expect(() => writeImagen(request, 'imagen-4.0-generate-001', new Notes())).toThrow(
      refusal('untranslatable'),
    );
    const many = { ...request, count: 2 };
    expect(() => writeGeminiImages(many, 'gemini-2.5-flash-image', new Notes())).toThrow(
      refusal('untranslatable'),
    );
    const unknown = { ...request, images: [{ name: 'a', mime: '', bytes: Buffer.from('text') }] };
    expect(() => writeGeminiImages(unknown, 'gemini-2.5-flash-image', new Notes())).toThrow(
      refusal('untranslatable'),
    );
  });
});

describe('shapes', () => {
  it.each([
    [1024, 1024, GEMINI_RATIOS, [], '1:1', undefined, []],
    [512, 512, GEMINI_RATIOS, [], '1:1', undefined, ['approximated:size']],
    [4096, 4096, GEMINI_RATIOS, ['1K', '2K', '4K'], '1:1', '4K', []],
    [1792, 1024, IMAGEN_RATIOS, ['1K', '2K'], '16:9', '1K', ['approximated:size']],
    [1024, 1792, IMAGEN_RATIOS, [], '9:16', undefined, ['approximated:size']],
    [3000, 1000, GEMINI_RATIOS, [], '21:9', undefined, ['approximated:size']],
  ])('%ix%i', (width, height, ratios, steps, aspectRatio, imageSize, warnings) => {
    const notes = new Notes();
    expect(shapeOf({ width, height }, ratios, steps, notes)).toEqual({ aspectRatio, imageSize });
    expect(notes.warnings).toEqual(warnings);
  });
});

describe('answers', () => {
  it('of Imagen are images, or the reason why there is none', () => {
    const predictions = [{ bytesBase64Encoded: 'aGk=', mimeType: 'image/jpeg' }, { raiFilteredReason: 'x' }];
    expect(readImagen({ predictions }).images).toEqual([{ data: 'aGk=', mime: 'image/jpeg' }]);
    const blocked = (said: string) =>
      expect.objectContaining({ code: 'content_blocked', message: expect.stringContaining(said) as string });
    expect(() => readImagen({ predictions: [{ raiFilteredReason: 'a face' }] })).toThrow(blocked('a face'));
    expect(() => readImagen({})).toThrow(blocked('withheld'));
  });

  it('of Gemini are images beside text, or what the model says instead', () => {
    const answer = (parts: object[]) => ({
      candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1290 },
    });
    const inlineData = { mimeType: 'image/png', data: 'aGk=' };
    const made = readGeminiImages(answer([{ text: 'Here it is' }, { inlineData }]));
    expect(made.images).toEqual([{ data: 'aGk=', mime: 'image/png' }]);
    expect(made.usage).toMatchObject({ input: 5, output: 1290 });
    expect(() => readGeminiImages(answer([{ text: 'I would rather not.' }]))).toThrow(/rather not/);
  });
});

describe('kept images', () => {
  const store = () => {
    const map = new Map<string, unknown>();
    const cache = {
      set: (name: string, value: unknown) => Promise.resolve(map.set(name, value)),
      get: (name: string) => Promise.resolve(map.get(name)),
      del: (name: string) => Promise.resolve(map.delete(name)),
    } as unknown as Cache;
    return { map, files: new ImageFiles(cache) };
  };

  it('are found by ids that nobody guesses', async () => {
    const { files } = store();
    const made = { data: 'aGk=', mime: 'image/png' };
    const ids = await Promise.all([files.keep(made), files.keep(made)]);
    expect(ids[0]).not.toBe(ids[1]);
    expect(ids[0]).toMatch(/^[\w-]{32}$/);
    expect(await files.find(ids[0])).toEqual(made);
    expect(await files.find('x'.repeat(32))).toBeUndefined();
    expect(await files.find('../models')).toBeUndefined();
  });

  it('give way, the oldest first, when they are too many or too large', async () => {
    const { map, files } = store();
    const first = await files.keep({ data: 'x'.repeat(100 * 1024 * 1024), mime: 'image/png' });
    await files.keep({ data: 'x'.repeat(100 * 1024 * 1024), mime: 'image/png' });
    const last = await files.keep({ data: 'x'.repeat(100 * 1024 * 1024), mime: 'image/png' });
    expect([await files.find(first), (await files.find(last))?.mime]).toEqual([undefined, 'image/png']);
    for (let more = 0; more < 1100; more++) await files.keep({ data: 'x', mime: 'image/png' });
    expect(map.size).toBe(1000);
  });
});
