import { describe, expect, it } from 'vitest';
import { Letters } from './letters.js';

describe('Letters', () => {
  it('has a letter for each byte, of whatever bytes are asked about', () => {
    const letters = new Letters();
    const [one, other, long] = [Buffer.from('Grüße'), Buffer.from('👋'), Buffer.alloc(40_000, 'ab')];
    expect(letters.of(one)).toBe('GrÃ¼Ã\u009fe');
    expect(letters.of(one)).toHaveLength(one.length);
    expect(letters.of(other)).toBe(other.toString('latin1'));
    for (const bytes of [long, one, long, long]) expect(letters.of(bytes)).toBe(bytes.toString('latin1'));
    expect(letters.lastOf(long, 3)).toBe('bab');
  });

  it.each([0, 1, 3, 4, 9])('tells the last %i of them, whether it has the text or not', (count) => {
    const letters = new Letters();
    const bytes = Buffer.from('abcd');
    const wanted = count === 0 ? '' : 'abcd'.slice(-count);
    expect(letters.lastOf(bytes, count)).toBe(wanted);
    letters.of(bytes);
    expect(letters.lastOf(bytes, count)).toBe(wanted);
  });
});
