import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesModel } from './limits.js';

describe('matchesModel', () => {
  it.each([
    [undefined, undefined, true],
    [undefined, 'm', true],
    ['*', undefined, true],
    ['gpt-*', undefined, false],
    ['gpt-*', 'gpt-4o', true],
    ['gpt-*', 'GPT-4o', false],
    ['*-mini', 'gpt-4o-mini', true],
    ['gpt-*-mini', 'gpt-4o-mini-x', false],
    ['a.c', 'abc', false],
    ['a+(b)[c]', 'a+(b)[c]', true],
    ['models/*', 'models/x/y', true],
  ])('pattern %s, model %s: %s', (pattern, model, matches) => {
    expect(matchesModel(pattern, model)).toBe(matches);
  });

  it('matches what its own stars were replaced in, and every name matches itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.string(), (parts, filling) => {
        const plain = parts.map((part) => part.replaceAll('*', ''));
        expect(matchesModel(plain.join('*'), plain.join(filling))).toBe(true);
        expect(matchesModel(plain.join(''), plain.join(''))).toBe(true);
      }),
    );
  });
});
