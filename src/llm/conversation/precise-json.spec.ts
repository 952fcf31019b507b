import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePrecise } from './precise-json.js';

describe('parsePrecise', () => {
  it.each([
    '9007199254740993',
    '{"id":12345678901234567890}',
    '[0.12345678901234567890]',
    '{"a":[-9007199254740993]}',
  ])('keeps the digits of %s', (text) => {
    expect(JSON.stringify(parsePrecise(text))).toBe(text);
  });

  it('is JSON.parse for everything a double holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.stringify(parsePrecise(text))).toBe(text);
      }),
    );
  });

  it('refuses what is no JSON', () => {
    expect(() => parsePrecise('{')).toThrow(SyntaxError);
  });
});
