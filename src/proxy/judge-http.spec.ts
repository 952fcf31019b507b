import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAnswer, NOW } from '../kernel/answer.fixture.js';
import { CALLER_FAULT, OK, type Verdict } from '../kernel/verdict.js';
import { judge } from './judge-http.js';

type Headers = Record<string, string>;

const cooling = (ms?: number): Verdict => ({
  blame: 'quota',
  reason: 'rate_limited',
  effect: { to: 'cooling', share: 'group', models: 'all', ...(ms !== undefined && { until: NOW + ms }) },
  retry: 'next_key',
});
const seconds = (at: number): string => String(Math.floor(at / 1000));

const ROWS: readonly (readonly [status: number, headers: Headers, verdict: Verdict])[] = [
  [200, {}, OK],
  [204, {}, OK],
  [302, { location: '/elsewhere' }, OK],
  [304, {}, OK],
  [
    401,
    {},
    {
      blame: 'key',
      reason: 'unauthorized',
      effect: { to: 'invalid', share: 'key', models: 'all', confirm: true },
      retry: 'next_key',
    },
  ],
  [403, {}, { blame: 'setup', reason: 'forbidden', retry: 'next_key' }],
  [403, { 'retry-after': '60' }, cooling(60_000)],
  [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(NOW + 90_000) }, cooling(90_000)],
  [429, {}, cooling()],
  [429, { 'retry-after': 'Sat, 21 Nov 2026 22:00:30 GMT' }, cooling(30_000)],
  [429, { 'ratelimit-reset': '12' }, cooling(12_000)],
  [429, { 'retry-after': '5', 'x-ratelimit-reset': '40' }, cooling(40_000)],
  [404, {}, CALLER_FAULT],
  [409, {}, CALLER_FAULT],
  [408, {}, { blame: 'upstream', reason: 'upstream_timeout', retry: 'attempt' }],
  [500, {}, { blame: 'upstream', reason: 'upstream_error', retry: 'attempt' }],
  [503, { 'retry-after': '9' }, { blame: 'upstream', reason: 'overloaded', retry: 'attempt' }],
];

describe('judge of plain HTTP', () => {
  it.each(ROWS)('%i with %j', (status, headers, verdict) => {
    expect(judge({ status, headers, body: '', now: NOW })).toEqual(verdict);
  });

  it('survives any answer', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => void judge(answer)),
      { numRuns: 200 },
    );
  });
});
