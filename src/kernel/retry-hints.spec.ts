import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_RATE_HINT, LONGEST_SPEND_HINT, parseDuration, retryHint } from './retry-hints.js';

const now = Date.parse('2026-11-21T10:00:00Z');

describe('parseDuration', () => {
  it.each([
    ['26s', 26_000],
    ['0.5s', 500],
    ['6m0s', 360_000],
    ['1s', 1000],
    ['20ms', 20],
    ['1h2m3.5s', 3_723_500],
    ['13.890147474s', 13_890.147474],
    [' 2s ', 2000],
    ['1500us', 1.5],
  ])('%s is %d ms', (text, expected) => {
    expect(parseDuration(text)).toBeCloseTo(expected, 6);
  });

  it.each([
    '',
    '5',
    's',
    '-3s',
    '1.s',
    '1 s',
    '5m 3s',
    '1d',
    'soon',
    'Infinitys',
    '1e9s',
    `${'9'.repeat(400)}s`,
  ])('%j is no duration', (text) => expect(parseDuration(text)).toBeUndefined());
});

describe('retryHint', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '7' }, 7000],
    ['an HTTP date', { 'retry-after': 'Sat, 21 Nov 2026 10:00:30 GMT' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Sat, 21 Nov 2026 09:00:00 GMT' }, undefined],
    ['milliseconds', { 'retry-after-ms': '2500' }, 2500],
    ['the longest of several', { 'retry-after': '2', 'retry-after-ms': '2500' }, 2500],
    ['no hint', {}, undefined],
    ['zero becomes a second', { 'retry-after': '0' }, 1000],
    ['a year becomes a day', { 'retry-after': '31536000' }, LONGEST_RATE_HINT],
    ['a word', { 'retry-after': 'later' }, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['a bad one beside a good one', { 'retry-after': 'later', 'retry-after-ms': '4000' }, 4000],
    ['a reset without what remains', { 'x-ratelimit-reset-requests': '6m0s' }, 360_000],
    [
      'the reset of the resource that is used up',
      {
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '20s',
      },
      20_000,
    ],
    [
      'resets while all remains',
      { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '1s' },
      undefined,
    ],
  ])('%s', (_name, headers, expected) => {
    expect(retryHint(headers, [], now)).toBe(expected);
  });

  it('takes what the body says, and lets a spend limit rest for a month', () => {
    expect(retryHint({ 'retry-after': '2' }, [parseDuration('26s')], now)).toBe(26_000);
    expect(retryHint({ 'retry-after': '99999999' }, [], now, LONGEST_SPEND_HINT)).toBe(LONGEST_SPEND_HINT);
    expect(retryHint({}, [undefined, NaN, -1, Infinity], now)).toBeUndefined();
  });

  it('is undefined or between a second and the longest, whatever arrives', () => {
    const text = fc.oneof(
      fc.string(),
      fc.nat().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    const name = fc.constantFrom(
      'retry-after',
      'retry-after-ms',
      'x-ratelimit-reset-tokens',
      'x-ratelimit-remaining-tokens',
    );
    fc.assert(
      fc.property(fc.dictionary(name, text), fc.array(fc.double()), (headers, body) => {
        const hint = retryHint(headers, body, now);
        if (hint === undefined) return;
        expect(hint).toBeGreaterThanOrEqual(1000);
        expect(hint).toBeLessThanOrEqual(LONGEST_RATE_HINT);
      }),
    );
  });
});
