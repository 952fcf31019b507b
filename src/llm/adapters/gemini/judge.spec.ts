import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAnswer, asAnswer, NOW, type RecordedAnswer } from '../../../kernel/answer.fixture.js';
import { TOO_LONG, UNKNOWN_MODEL } from '../../../kernel/judging.js';
import { CALLER_FAULT, OK, type Verdict } from '../../../kernel/verdict.js';
import answers from './__fixtures__/answers.json' with { type: 'json' };
import { judge } from './judge.js';

const recorded: Record<string, RecordedAnswer> = answers;
/** Midnight in Los Angeles after NOW, in winter time. */
const MIDNIGHT = Date.UTC(2026, 10, 22, 8);
const TEN_MINUTES = 600_000;

const refused = (reason: string): Verdict => ({
  blame: 'key',
  reason,
  effect: { to: 'invalid', share: 'key', models: 'all' },
  retry: 'next_key',
});
const cooling = (ms: number): Verdict => ({
  blame: 'quota',
  reason: 'rate_limited',
  effect: { to: 'cooling', share: 'group', models: 'this', until: NOW + ms },
  retry: 'next_key',
});
const setup = (reason: string): Verdict => ({
  blame: 'setup',
  reason,
  effect: { to: 'cooling', share: 'key', models: 'all', until: NOW + TEN_MINUTES },
  retry: 'next_key',
});
const daily: Verdict = {
  blame: 'quota',
  reason: 'daily_quota',
  effect: { to: 'exhausted', share: 'group', models: 'this', until: MIDNIGHT },
  retry: 'next_key',
};
const spent: Verdict = {
  blame: 'quota',
  reason: 'payment_required',
  effect: { to: 'exhausted', share: 'group', models: 'all' },
  retry: 'next_key',
};

const EXPECTED: Record<string, Verdict> = {
  ok: OK,
  'invalid key': refused('invalid_key'),
  'invalid key, in an array': refused('invalid_key'),
  'expired key': refused('invalid_key'),
  suspended: refused('suspended'),
  leaked: refused('invalid_key'),
  'service disabled': setup('service_disabled'),
  'service blocked for the key': setup('api_key_service_blocked'),
  'ip restriction': setup('api_key_ip_address_blocked'),
  'referrer restriction': setup('api_key_http_referrer_blocked'),
  location: setup('location_not_supported'),
  'free tier not in this country': setup('location_not_supported'),
  'forbidden, no details': {
    blame: 'setup',
    reason: 'forbidden',
    effect: { to: 'cooling', share: 'key', models: 'this' },
    retry: 'next_key',
  },
  'file of another project': CALLER_FAULT,
  'quota per minute': cooling(26_000),
  'quota per minute, fraction': cooling(3500),
  'quota per day': daily,
  'quotas per day and per minute': daily,
  'no details': {
    blame: 'quota',
    reason: 'resource_exhausted',
    effect: { to: 'cooling', share: 'key', models: 'this' },
    retry: 'next_key',
  },
  'prepaid credit gone': spent,
  'prepaid credit gone, as before': spent,
  'vertex: wrong kind of key': {
    blame: 'key',
    reason: 'invalid_key',
    effect: { to: 'invalid', share: 'key', models: 'all', confirm: true },
    retry: 'next_key',
  },
  overloaded: { blame: 'upstream', reason: 'overloaded', retry: 'attempt' },
  internal: { blame: 'upstream', reason: 'upstream_error', retry: 'attempt' },
  deadline: { blame: 'upstream', reason: 'upstream_error', retry: 'attempt' },
  'bad request': CALLER_FAULT,
  'precondition of the request': CALLER_FAULT,
  'unknown model': UNKNOWN_MODEL,
  'vertex: unknown model': UNKNOWN_MODEL,
  'context too long': TOO_LONG,
};

describe('judge of Gemini', () => {
  it('has an expectation for every recorded answer', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(recorded).sort());
  });

  it.each(Object.entries(recorded))('%s', (name, answer) => {
    expect(answer.source).toMatch(/^https:\/\//);
    expect(judge(asAnswer(answer))).toEqual(EXPECTED[name]);
  });

  it('knows that midnight comes an hour later on the day the clocks go back', () => {
    const perDay = recorded['quota per day'];
    const now = Date.UTC(2026, 10, 1, 8);
    const { effect } = judge({ ...asAnswer(perDay as RecordedAnswer), now });
    expect(effect?.until).toBe(Date.UTC(2026, 10, 2, 8));
  });

  it('survives any answer', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const { effect } = judge(answer);
        if (answer.status >= 500 || answer.status < 400) expect(effect).toBeUndefined();
        if (effect?.until !== undefined) expect(effect.until).toBeGreaterThan(NOW);
      }),
      { numRuns: 300 },
    );
  });
});
