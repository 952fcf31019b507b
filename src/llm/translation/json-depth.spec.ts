import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertDepth } from './json-depth.js';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('assertDepth', () => {
  it('takes what is 256 deep and refuses more', () => {
    expect(() => assertDepth(nested(256))).not.toThrow();
    expect(() => assertDepth(nested(257))).toThrow('nested deeper than 256');
    expect(() => assertDepth('{"a":'.repeat(10_000))).toThrow('nested deeper than 256');
  });

  it('does not count brackets in strings', () => {
    expect(() => assertDepth(JSON.stringify({ text: `\\"${'['.repeat(1000)}\\` }))).not.toThrow();
  });

  it('takes every shallow value, and ends on every text', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 20 }), (value) => assertDepth(JSON.stringify(value))));
    fc.assert(fc.property(fc.string(), (text) => assertDepth(text)));
  });
});
