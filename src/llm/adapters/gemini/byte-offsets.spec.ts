import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteOffset, charOffset } from './byte-offsets.js';

it('bytes and units lead to one another', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 })),
      fc.nat(),
      (characters, at) => {
        const text = characters.join('');
        const units = characters.slice(0, at % (characters.length + 1)).join('').length;
        expect(charOffset(text, byteOffset(text, units))).toBe(units);
      },
    ),
  );
});

it('keeps to the text and to whole characters', () => {
  expect(charOffset('a👍', 3)).toBe(1);
  expect(charOffset('a👍', 99)).toBe(3);
  expect(byteOffset('ü', -1)).toBe(0);
  expect(byteOffset('ü', 9)).toBe(2);
});
