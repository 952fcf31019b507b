import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countGraphemes, evenPieces } from './graphemes.js';

it.each([
  ['hello world', 4, ['hell', 'o w', 'orld']],
  ['short', 10, ['short']],
  ['', 3, ['']],
  ['👍🏽👨‍👩‍👧é', 1, ['👍🏽', '👨‍👩‍👧', 'é']],
  ['a\r\nb', 1, ['a', '\r\n', 'b']],
  ['नमस्ते', 2, ['नम', 'स्ते']],
])('%j by %i', (text, longest, pieces) => expect(evenPieces(text, longest)).toEqual(pieces));

it('keeps all of the text, in even pieces', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 60 });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 20 }), (whole, longest) => {
      const pieces = evenPieces(whole, longest);
      expect(pieces.join('')).toBe(whole);
      const sizes = pieces.map(countGraphemes);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.max(longest, 1));
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});
