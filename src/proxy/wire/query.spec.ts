import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryFor, queryValues } from './query.js';

describe('queryFor', () => {
  it.each([
    ['a=1&key=x&b=2', ['key'], 'a=1&b=2'],
    ['%6bey=x&k%65y=y&a', ['key'], 'a'],
    ['key', ['key'], ''],
    ['key=1&key=2', ['key'], ''],
    ['keys=1&Key=2', ['key'], 'keys=1&Key=2'],
    ['access%5Ftoken=1&key=2&x=%zz', ['key', 'access_token'], 'x=%zz'],
    ['a=%C3%A9+b&&c=', ['key'], 'a=%C3%A9+b&&c='],
    ['', ['key'], ''],
  ])('of %j without %j is %j', (query, drop, rest) => {
    expect(queryFor(query, drop)).toBe(rest);
  });

  it('adds a parameter at the end, encoded', () => {
    expect(queryFor('a=1&key=old', ['key'], { name: 'key', value: 'a&b=c d' })).toBe('a=1&key=a%26b%3Dc%20d');
    expect(queryFor('', [], { name: 'k', value: 'v' })).toBe('k=v');
  });

  it('leaves no parameter that a URL parser reads under a dropped name, and keeps the others in order', () => {
    const name = fc.constantFrom(
      'key',
      '%6bey',
      'k%65%79',
      'KEY',
      'a',
      'key%20',
      '+key',
      'ke%79%zz',
      '%6Bey',
      '',
    );
    const pair = fc.tuple(name, fc.constantFrom('', '=', '=1', '=%zz')).map(([left, right]) => left + right);
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const query = pairs.join('&');
        const before = [...new URLSearchParams(query)].filter(([each]) => each !== 'key');
        expect([...new URLSearchParams(queryFor(query, ['key']))]).toEqual(before);
      }),
    );
  });
});

describe('queryValues', () => {
  it('decodes names and values', () => {
    expect(queryValues('a=1&%6bey=x%20y&key=a+b&key&key=%zz&key=', 'key')).toEqual([
      'x y',
      'a b',
      '',
      '%zz',
      '',
    ]);
    expect(queryValues('', 'key')).toEqual([]);
  });
});
