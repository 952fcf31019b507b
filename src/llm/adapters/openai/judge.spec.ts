import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAnswer, asAnswer, NOW, type RecordedAnswer } from '../../../kernel/answer.fixture.js';
import { TOO_LONG, UNKNOWN_MODEL } from '../../../kernel/judging.js';
import { CALLER_FAULT, OK, type Verdict } from '../../../kernel/verdict.js';
import answers from './__fixtures__/answers.json' with { type: 'json' };
import { judge } from './judge.js';

const recorded: Record<string, RecordedAnswer> = answers;

const refused: Verdict = {
  blame: 'key',
  reason: 'invalid_key',
  effect: { to: 'invalid', share: 'key', models: 'all', confirm: true },
  retry: 'next_key',
};
const exhausted = (reason: string): Verdict => ({
  blame: 'quota',
  reason,
  effect: { to: 'exhausted', share: 'group', models: 'all' },
  retry: 'next_key',
});
const cooling = (reason: string, ms?: number, models: 'this' | 'all' = 'this'): Verdict => ({
  blame: 'quota',
  reason,
  effect: { to: 'cooling', share: 'group', models, ...(ms !== undefined && { until: NOW + ms }) },
  retry: 'next_key',
});
const setup = (reason: string, models: 'this' | 'all', ms?: number): Verdict => ({
  blame: 'setup',
  reason,
  effect: { to: 'cooling', share: 'key', models, ...(ms !== undefined && { until: NOW + ms }) },
  retry: 'next_key',
});
const upstream = (reason: string): Verdict => ({ blame: 'upstream', reason, retry: 'attempt' });
const TEN_MINUTES = 600_000;

const EXPECTED: Record<string, Verdict> = {
  ok: OK,
  'invalid key': refused,
  'not a member of an organization': refused,
  'ip not authorized': setup('ip_not_allowed', 'all', TEN_MINUTES),
  'mismatched organization': { blame: 'setup', reason: 'other_organization', retry: 'next_key' },
  'missing scopes': setup('missing_scope', 'this'),
  country: setup('country_not_supported', 'all', TEN_MINUTES),
  'model not allowed': setup('model_not_allowed', 'this', TEN_MINUTES),
  'forbidden, no details': setup('forbidden', 'this'),
  'rate limit with headers': cooling('rate_limited', 20_000),
  'rate limit without a hint': cooling('rate_limited'),
  'slow down': cooling('slow_down', 7000),
  'request too large': { blame: 'quota', reason: 'request_too_large', retry: 'next_key' },
  'insufficient quota': exhausted('insufficient_quota'),
  'credit balance exhausted': exhausted('insufficient_quota'),
  'project spend limit': exhausted('insufficient_quota'),
  'billing hard limit': exhausted('insufficient_quota'),
  overloaded: upstream('overloaded'),
  'overloaded, said with 429': upstream('overloaded'),
  'server error': upstream('upstream_error'),
  'context too long': TOO_LONG,
  'bad request': CALLER_FAULT,
  'unknown model': UNKNOWN_MODEL,
  'azure: wrong key': refused,
  'azure: rate limit': cooling('rate_limited', 86_400_000),
  'deepseek: no balance': exhausted('payment_required'),
  'openrouter: no credits': exhausted('payment_required'),
  'openrouter: budget in flight': cooling('in_flight_budget', 4000, 'all'),
  'openrouter: moderated': CALLER_FAULT,
  'openrouter: key limit': exhausted('insufficient_quota'),
  'xai: wrong key': refused,
  'xai: no credits': exhausted('insufficient_quota'),
  'siliconflow: no balance': exhausted('insufficient_quota'),
  'siliconflow: wrong key': refused,
  'mistral: wrong key': refused,
  'together: prompt too long': TOO_LONG,
  'deepseek: prompt too long': TOO_LONG,
  'openrouter: prompt too long': TOO_LONG,
  'xai: prompt too long': TOO_LONG,
  'openrouter: unknown model': UNKNOWN_MODEL,
  'ollama: unknown model': UNKNOWN_MODEL,
  'groq: model decommissioned': UNKNOWN_MODEL,
  'deepseek: unknown model': UNKNOWN_MODEL,
};

describe('judge of OpenAI', () => {
  it('has an expectation for every recorded answer', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(recorded).sort());
  });

  it.each(Object.entries(recorded))('%s', (name, answer) => {
    expect(answer.source).toMatch(/^https:\/\//);
    expect(judge(asAnswer(answer))).toEqual(EXPECTED[name]);
  });

  it.each([408, 500, 502, 503, 504, 520, 529])('blames the upstream for %i', (status) => {
    expect(judge({ status, headers: {}, body: '', now: NOW })).toMatchObject({
      blame: 'upstream',
      retry: 'attempt',
    });
  });

  it.each([400, 404, 409, 413, 415, 422, 498, 501])('passes %i on', (status) => {
    expect(judge({ status, headers: {}, body: '{}', now: NOW })).toEqual(CALLER_FAULT);
  });

  it('does not follow redirects, nor blame a key for them', () => {
    const verdict = judge({ status: 301, headers: { location: 'https://elsewhere' }, body: '', now: NOW });
    expect(verdict).toEqual({ blame: 'setup', reason: 'redirected', retry: 'no' });
  });

  it('survives any answer, and blames no key for the provider or the caller', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const verdict = judge(answer);
        if (answer.status >= 500 || answer.status === 408 || answer.status < 400) {
          expect(verdict.effect).toBeUndefined();
        }
        if (verdict.effect?.until !== undefined) expect(verdict.effect.until).toBeGreaterThan(NOW);
      }),
      { numRuns: 300 },
    );
  });
});
