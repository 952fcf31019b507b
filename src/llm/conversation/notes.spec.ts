import fc from 'fast-check';
import { validateHeaderValue } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Notes } from './notes.js';

function noted(...fields: string[]): readonly string[] {
  const notes = new Notes();
  for (const field of fields) notes.dropped(field);
  return notes.warnings;
}

describe('Notes', () => {
  it('tells each loss once', () => {
    expect(noted('seed', 'logit_bias', 'seed')).toEqual(['dropped:seed', 'dropped:logit_bias']);
  });

  it.each([
    ['a\r\nx-evil: 1', 'dropped:a?x-evil:?1'],
    ['a,b', 'dropped:a?b'],
    ['ключ', 'dropped:?'],
    ['x'.repeat(30_000), `dropped:${'x'.repeat(56)}`],
  ])('makes a word of the name %j', (name, word) => {
    expect(noted(name)).toEqual([word]);
  });

  it('tells of very many how many more there were', () => {
    const words = noted(...Array.from({ length: 5_000 }, (_, at) => `field_${at}`));
    expect(words).toHaveLength(41);
    expect(words.at(-1)).toBe('and_more:4960');
  });

  it('makes a header of whatever names a client invents', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (names) => {
        const value = noted(...names).join(', ');
        expect(() => validateHeaderValue('x-keywheel-warning', value)).not.toThrow();
        expect(value.length).toBeLessThan(4_096);
      }),
    );
  });
});
