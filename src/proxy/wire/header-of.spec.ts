import { describe, expect, it } from 'vitest';
import { headerOf } from './header-of.js';

describe('headerOf', () => {
  const req = { headers: { via: '1.1 a', 'set-cookie': ['a=1', 'b=2'] } };

  it.each([
    ['one', 'via', '1.1 a'],
    ['a repeated one, as HTTP joins it', 'set-cookie', 'a=1, b=2'],
    ['none', 'accept', undefined],
  ])('answers %s', (_, name, value) => {
    expect(headerOf(req, name)).toBe(value);
  });
});
