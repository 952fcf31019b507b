import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeywheelError } from '../../kernel/errors.js';
import type { Fields } from '../conversation/dialect.js';
import { Notes } from '../conversation/notes.js';
import type { LlmPath } from '../llm-path.js';
import { readBatch, readEmbedContent, writeGemini } from './embeddings/gemini-embeddings.js';
import { readOpenAi, writeOpenAi } from './embeddings/openai-embeddings.js';
import { writeGeminiImages } from './images/gemini-images.js';
import { readGeneration } from './images/image-request.js';
import { readImagen, writeImagen } from './images/imagen.js';
import { readGeminiSpeech, writeGeminiSpeech } from './speech/gemini-speech.js';
import { readSpeechRequest } from './speech/speech-request.js';
import { readCountRequest } from './token-counts/count-request.js';
import { countable } from './token-counts/estimate.js';
import { WholeAnswer } from './whole/whole-answer.js';

const SEED = 42;
const path = (operation: string) => ({ operation }) as LlmPath;

/** Each way from a client's body to an upstream's, with a body that is good. */
const REQUESTS: Readonly<Record<string, [(body: Fields) => unknown, Fields]>> = {
  embeddings: [
    (body) => writeGemini(readOpenAi(body), 'm'),
    { model: 'm', input: ['a', 'b'], dimensions: 8, encoding_format: 'float', user: 'u' },
  ],
  embedContent: [
    (body) => writeOpenAi(readEmbedContent(body), 'm'),
    { content: { parts: [{ text: 'a' }] }, outputDimensionality: 8, taskType: 'X', title: 't' },
  ],
  batchEmbedContents: [
    (body) => writeOpenAi(readBatch(body), 'm'),
    { requests: [{ model: 'models/m', content: { parts: [{ text: 'a' }] } }] },
  ],
  imagen: [
    (body) => writeImagen(readGeneration(body), 'imagen-4', new Notes()),
    { prompt: 'p', n: 2, size: '1024x1024', output_format: 'png', response_format: 'url', stream: false },
  ],
  images: [
    (body) => writeGeminiImages(readGeneration(body), 'gemini-3-pro-image', new Notes()),
    { prompt: 'p', n: 1, size: '1536x1024', quality: 'high', user: 'u' },
  ],
  speech: [
    (body) => writeGeminiSpeech(readSpeechRequest(body), new Notes()),
    {
      input: 'a',
      voice: 'nova',
      instructions: 'b',
      response_format: 'wav',
      speed: 1,
      stream_format: 'audio',
    },
  ],
  count_tokens: [
    (body) => countable(readCountRequest(path('count_tokens'), body, 'm')),
    {
      model: 'm',
      system: 's',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }] }],
      tools: [],
    },
  ],
  countTokens: [
    (body) => countable(readCountRequest(path('countTokens'), body, 'm')),
    { contents: [{ role: 'user', parts: [{ text: 'a' }] }], generateContentRequest: null },
  ],
};

/** A good body in which one place holds something else. */
function mutated(good: Fields) {
  return fc.tuple(fc.nat(), fc.jsonValue({ maxDepth: 3 })).map(([at, value]) => {
    let left = at % placesIn(good);
    const walk = (node: unknown): unknown => {
      if (left-- === 0) return value;
      if (Array.isArray(node)) return node.map(walk);
      if (typeof node !== 'object' || node === null) return node;
      return Object.fromEntries(Object.entries(node).map(([name, inner]) => [name, walk(inner)]));
    };
    const body = walk(good);
    return (typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {}) as Fields;
  });
}

function placesIn(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 1;
  return Object.values(node).reduce<number>((sum, inner) => sum + placesIn(inner), 1);
}

describe('bodies that nobody expects', () => {
  it.each(Object.entries(REQUESTS))(
    'of %s are written or refused as the caller’s fault',
    (_, [write, good]) => {
      expect(() => write(good)).not.toThrow();
      const check = (body: Fields): void => {
        try {
          write(body);
        } catch (error) {
          expect(error).toBeInstanceOf(KeywheelError);
          expect((error as KeywheelError).status).toBe(400);
        }
      };
      fc.assert(fc.property(mutated(good), check), { numRuns: 1000, seed: SEED });
      fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), check), { numRuns: 200, seed: SEED });
    },
  );
});

describe('answers that nobody expects', () => {
  it('are a fault of the upstream, or a refusal of the model', async () => {
    const answer = async (body: string, read: (body: Fields) => unknown) => {
      const watch = new WholeAnswer((fields) => ({ bytes: Buffer.from(JSON.stringify(read(fields))) }));
      watch.pass(Buffer.from(body));
      await watch.flush();
      return watch;
    };
    const check = async (body: unknown) => {
      for (const read of [readImagen, readGeminiSpeech]) {
        const { complete, failure, error } = await answer(JSON.stringify(body) ?? '', read);
        expect(complete || (failure !== undefined && error instanceof KeywheelError)).toBe(true);
      }
    };
    const inlineData = { mimeType: 'audio/L16;rate=24000', data: 'AAEC' };
    const good = { candidates: [{ content: { parts: [{ inlineData }] }, finishReason: 'STOP' }] };
    await fc.assert(fc.asyncProperty(mutated(good), check), { numRuns: 500, seed: SEED });
    await fc.assert(fc.asyncProperty(fc.jsonValue(), check), { numRuns: 200, seed: SEED });
    expect((await answer('<html>', readImagen)).error).toMatchObject({ code: 'upstream_broken' });
    expect((await answer('{}', readImagen)).failure).toMatchObject({ blame: 'caller', retry: 'no' });
  });
});
