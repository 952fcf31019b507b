import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readBatch,
  readEmbedContent,
  readGeminiAnswer,
  writeGemini,
  writeGeminiAnswer,
} from './gemini-embeddings.js';
import { readOpenAi, readOpenAiAnswer, writeOpenAi, writeOpenAiAnswer } from './openai-embeddings.js';
import { base64Of, unitVector } from './vectors.js';

const content = (...texts: string[]) => ({ parts: texts.map((text) => ({ text })) });

describe('requests of OpenAI', () => {
  it('become embedContent for one text, and a batch for several, in their order', () => {
    const one = readOpenAi({ model: 'm', input: 'hello', dimensions: 256, user: 'me' });
    expect(one.others).toEqual(['user']);
    expect(writeGemini(one, 'gemini-embedding-001')).toEqual({
      operation: 'embedContent',
      body: { model: 'models/gemini-embedding-001', content: content('hello'), outputDimensionality: 256 },
    });
    const many = writeGemini(readOpenAi({ input: ['a', 'b'] }), 'e');
    expect(many.operation).toBe('batchEmbedContents');
    expect(many.body).toEqual({
      requests: [
        { model: 'models/e', content: content('a') },
        { model: 'models/e', content: content('b') },
      ],
    });
  });

  it.each([
    [{}, /input must be given/],
    [{ input: [] }, /must not be empty/],
    [{ input: [1, 2, 3] }, /token numbers/],
    [{ input: [[1, 2], [3]] }, /token numbers/],
    [{ input: ['a', 1] }, /list of strings/],
    [{ input: 'a', encoding_format: 'hex' }, /float or base64/],
    [{ input: 'a', dimensions: 0 }, /whole number/],
  ])('%j is refused', (body, message) => {
    expect(() => readOpenAi(body)).toThrow(message);
  });
});

describe('requests of Gemini', () => {
  it('become one text or a list', () => {
    const one = readEmbedContent({
      content: content('a', 'b'),
      task_type: 'RETRIEVAL_QUERY',
      output_dimensionality: 64,
    });
    expect(one.others).toEqual(['taskType']);
    expect(writeOpenAi(one, 'e')).toEqual({
      model: 'e',
      input: 'a\nb',
      encoding_format: 'float',
      dimensions: 64,
    });
    const requests = [{ content: content('a'), title: 't' }, { content: content('b') }];
    const many = readBatch({ requests });
    expect(many.others).toEqual(['title']);
    expect(writeOpenAi(many, 'e')).toMatchObject({ input: ['a', 'b'] });
  });

  it.each([
    [{ requests: [] }, /at least one/],
    [{ requests: [{}] }, /requests\.0\.content/],
    [{ requests: [{ content: {} }] }, /must hold a text/],
    [{ requests: [{ content: { parts: [{ inlineData: {} }] } }] }, /Only texts/],
    [
      { requests: [{ content: content('a'), outputDimensionality: 1 }, { content: content('b') }] },
      /same outputDimensionality/,
    ],
  ])('%j is refused', (body, message) => {
    expect(() => readBatch(body)).toThrow(message);
  });
});

describe('answers', () => {
  it('come to OpenAI in order, with length 1 where dimensions were cut', () => {
    const answer = readGeminiAnswer({
      embeddings: [{ values: [3, 4] }, { values: [0, 2] }],
      usageMetadata: { promptTokenCount: 5 },
    });
    const request = readOpenAi({ input: ['a', 'b'], dimensions: 2 });
    expect(writeOpenAiAnswer(answer, request, 'm')).toEqual({
      object: 'list',
      model: 'm',
      data: [
        { object: 'embedding', index: 0, embedding: [0.6, 0.8] },
        { object: 'embedding', index: 1, embedding: [0, 1] },
      ],
      usage: { prompt_tokens: 5, total_tokens: 5 },
    });
  });

  it('come to Gemini sorted by their index', () => {
    const answer = readOpenAiAnswer({
      data: [
        { index: 1, embedding: [2] },
        { index: 0, embedding: [1] },
      ],
      usage: { prompt_tokens: 3 },
    });
    const request = readBatch({ requests: [{ content: content('a') }, { content: content('b') }] });
    expect(writeGeminiAnswer(answer, request)).toEqual({
      embeddings: [{ values: [1] }, { values: [2] }],
      usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 },
    });
  });

  it.each([{}, { data: [{}] }, { data: [{ embedding: ['a'] }] }])('%j is none', (body) => {
    expect(() => readOpenAiAnswer(body)).toThrow();
    expect(() => readGeminiAnswer(body)).toThrow();
  });
});

describe('vectors', () => {
  it('survive base64 as float32, little-endian', () => {
    const floats = fc.array(fc.float({ noNaN: true }));
    fc.assert(
      fc.property(floats, (vector) => {
        const bytes = Buffer.from(base64Of(vector), 'base64');
        expect(vector.map((_, index) => bytes.readFloatLE(index * 4))).toEqual(vector);
      }),
    );
    expect(base64Of([1])).toBe('AACAPw==');
  });

  it('of zeros stay', () => {
    expect(unitVector([0, 0])).toEqual([0, 0]);
  });
});
