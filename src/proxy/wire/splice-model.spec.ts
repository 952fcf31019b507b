import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rewriteTopLevel } from './splice-model.js';

const rewritten = (text: string, rewrite: Parameters<typeof rewriteTopLevel>[1]) =>
  Buffer.concat(rewriteTopLevel([Buffer.from(text)], rewrite)).toString();

describe('rewriteTopLevel', () => {
  it.each<[text: string, rewrite: Parameters<typeof rewriteTopLevel>[1], result: string]>([
    ['{ "model" : "a" , "n":1e2}', { model: 'b"' }, '{ "model" : "b\\"" , "n":1e2}'],
    ['{"model":"a","\\u006dodel":["x"]}', { model: 'b' }, '{"model":"b","\\u006dodel":"b"}'],
    ['{"n":9007199254740993}', { model: 'b' }, '{"model":"b","n":9007199254740993}'],
    ['{ }', { model: 'b' }, '{"model":"b" }'],
    [
      '{"temperature":null,"x":"\\u00e9"}',
      { defaults: { temperature: 1, top_p: 0.5, store: false } },
      '{"top_p":0.5,"store":false,"temperature":null,"x":"\\u00e9"}',
    ],
    [
      '\ufeff{"model":"a"}',
      { model: 'b', defaults: { user: { id: 1 } } },
      '\ufeff{"user":{"id":1},"model":"b"}',
    ],
    ['{"model":"a"}', { model: 'b', defaults: { model: 'c' } }, '{"model":"b"}'],
    ['{"model":"a"}', { defaults: { model: 'c', x: undefined } }, '{"model":"a"}'],
  ])('of %s with %j', (text, rewrite, result) => {
    expect(rewritten(text, rewrite)).toBe(result);
  });

  it('gives the very same chunks back where nothing is to do', () => {
    const chunks = [Buffer.from('{"model":'), Buffer.from('"a"}')];
    expect(rewriteTopLevel(chunks, {})).toBe(chunks);
    expect(rewriteTopLevel(chunks, { defaults: { model: 'x' } })).toBe(chunks);
  });

  it.each(['[]', '{"model":"a"', ''])('refuses %j', (text) => {
    expect(() => rewritten(text, { model: 'b' })).toThrow(expect.objectContaining({ code: 'bad_body' }));
  });

  it('changes what it is told to, and nothing else, over any cuts', () => {
    const body = fc.dictionary(
      fc.oneof(fc.constantFrom('model', 'temperature', 'n'), fc.string()),
      fc.jsonValue(),
      { noNullPrototype: true },
    );
    fc.assert(
      fc.property(body, fc.array(fc.nat(), { maxLength: 8 }), fc.string(), (object, places, model) => {
        const bytes = Buffer.from(JSON.stringify(object));
        const at = [...new Set([0, ...places.map((place) => place % bytes.length), bytes.length])].sort(
          (a, b) => a - b,
        );
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        const result = Buffer.concat(
          rewriteTopLevel(chunks, { model, defaults: { temperature: 0.5 } }),
        ).toString();
        const read = JSON.parse(JSON.stringify(object)) as Record<string, unknown>;
        expect(JSON.parse(result)).toEqual({ temperature: 0.5, ...read, model });
      }),
      { numRuns: 1_000 },
    );
  });
});
