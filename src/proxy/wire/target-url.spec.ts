import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinTarget, splitTarget } from './target-url.js';

const REFUSED = [
  'v1',
  '@evil',
  ':443@evil',
  '//evil',
  '///evil',
  '/\\evil',
  '/%5cevil',
  '/%5Cevil',
  '/%255cevil',
  '/%2fevil',
  '/%2Fevil',
  '/%252fevil',
  '/..',
  '/../',
  '/a/..',
  '/a/../..',
  '/a/../b',
  '/.',
  '/./a',
  '/a/.',
  '/%2e%2e/',
  '/%2E%2e',
  '/.%2e',
  '/%2e.',
  '/%2e',
  '/%252e%252e/x',
  '/%25252e%25252e/x',
  '/a/..%2fb',
  '/a%2f..%2fb',
  '/a%2f%2e%2e%2fb',
  '/a/..%5cb',
  '/..;/a',
  '/..;x=1/a',
  '/a/%2e%2e;b',
  '/a/..%3bb',
  '/a;../b',
  '/a\tb',
  '/\t/evil',
  '/a%09b',
  '/a%00',
  '/a%0d%0aX: y',
  '/a%0A',
  '/a%250a',
  '/a%7f',
  '/a\x7f',
  '/a b',
  '/a?b',
  '/a#b',
  '/%c0%ae%c0%ae/x',
  '/..%c0%af',
  '/%e0%80%ae',
  '/%f0%80%80%ae',
  '/%u002e%u002e/',
  '/\u2025',
  '/%25252525252525252541',
];

const KEPT = [
  '',
  '/',
  '/chat/completions',
  '/a/',
  '/a//b',
  '/a%20b',
  '/caf%C3%A9',
  '/%E4%BD%A0',
  '/a%2fb',
  '/a%3Fb%23c',
  '/@evil',
  '/:443@evil',
  '/models/gemini-2.5:generateContent',
  '/...',
  '/..a',
  '/a..',
  '/.well-known/x',
  '/a;b=c',
  '/100%',
  '/%zz',
  '/%2',
  '/a+b',
  "/!$&'()*,=~",
  '/http://example.com/x',
  '/a%2520b',
  '/\xe9',
];

describe('joinTarget', () => {
  it.each(REFUSED)('refuses %j below any base', (rest) => {
    expect(() => joinTarget('', rest)).toThrow(expect.objectContaining({ code: 'bad_path' }));
    expect(() => joinTarget('/v1', rest)).toThrow(expect.objectContaining({ code: 'bad_path' }));
  });

  it.each(KEPT)('keeps %j byte for byte', (rest) => {
    expect(joinTarget('/v1', rest)).toBe(`/v1${rest}`);
    expect(joinTarget('', rest)).toBe(rest || '/');
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      '.',
      '..',
      '%2e',
      '%2E',
      '%252e',
      '%2f',
      '%5c',
      '\\',
      ';',
      '@',
      ':',
      '//',
      '%',
      '%25',
      '?',
      '#',
      '\t',
      '%00',
      'a',
      'v1',
      '%61',
      '%c0',
      '%ae',
      'é',
    ),
    fc.string({ maxLength: 3 }),
    fc.string({ maxLength: 3, unit: 'binary' }),
  );
  const path = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const base = fc.constantFrom('', '/v1', '/openai/v1beta', '/a.b');

  it('stays on the host and under the base, as a URL parser sees it, however often it is decoded', () => {
    fc.assert(
      fc.property(base, path, fc.boolean(), (basePath, tail, slash) => {
        const rest = slash ? `/${tail}` : tail;
        let target: string;
        try {
          target = joinTarget(basePath, rest);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad_path' });
          return;
        }
        expect(target).toBe(basePath + rest || '/');
        for (let seen = target, round = 0; round < 4; round++) {
          const url = new URL(`http://host.example${seen.replaceAll('?', '%3f').replaceAll('#', '%23')}`);
          expect(url.host).toBe('host.example');
          expect(`${url.pathname}/`.startsWith(`${basePath}/`)).toBe(true);
          seen = seen.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('splitTarget', () => {
  it.each([
    ['/a/b?c=d', '/a/b', 'c=d'],
    ['/a?b?c', '/a', 'b?c'],
    ['/a?', '/a', ''],
    ['/a#b?c', '/a', ''],
    ['/a?b#c', '/a', 'b'],
    ['', '/', ''],
    ['?a=b', '/', 'a=b'],
    ['*', '*', ''],
    ['http://host/path?q=1', '/path', 'q=1'],
    ['HTTPS://user@host:1/p', '/p', ''],
    ['http://host', '/', ''],
    ['http://host?q', '/', 'q'],
    ['//evil/x', '//evil/x', ''],
    ['/http://x/y', '/http://x/y', ''],
  ])('splits %j', (target, expectedPath, query) => {
    expect(splitTarget(target)).toEqual({ path: expectedPath, query });
  });
});
