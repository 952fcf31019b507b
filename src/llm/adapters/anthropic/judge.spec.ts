import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAnswer, asAnswer, NOW, type RecordedAnswer } from '../../../kernel/answer.fixture.js';
import { TOO_LONG, UNKNOWN_MODEL } from '../../../kernel/judging.js';
import { CALLER_FAULT, OK, type Verdict } from '../../../kernel/verdict.js';
import answers from './__fixtures__/answers.json' with { type: 'json' };
import { judge } from './judge.js';

const recorded: Record<string, RecordedAnswer> = answers;
const DECEMBER = Date.UTC(2026, 11, 1);

const refused = (reason: string): Verdict => ({
  blame: 'key',
  reason,
  effect: { to: 'invalid', share: 'key', models: 'all', confirm: true },
  retry: 'next_key',
});
const exhausted = (reason: string, until?: number): Verdict => ({
  blame: 'quota',
  reason,
  effect: { to: 'exhausted', share: 'group', models: 'all', ...(until !== undefined && { until }) },
  retry: 'next_key',
});
const cooling = (ms?: number): Verdict => ({
  blame: 'quota',
  reason: 'rate_limited',
  effect: { to: 'cooling', share: 'group', models: 'this', ...(ms !== undefined && { until: NOW + ms }) },
  retry: 'next_key',
});

const EXPECTED: Record<string, Verdict> = {
  ok: OK,
  'invalid key': refused('invalid_key'),
  billing: exhausted('payment_required'),
  permission: {
    blame: 'setup',
    reason: 'forbidden',
    effect: { to: 'cooling', share: 'key', models: 'this' },
    retry: 'next_key',
  },
  location: {
    blame: 'setup',
    reason: 'location_not_supported',
    effect: { to: 'cooling', share: 'key', models: 'all', until: NOW + 600_000 },
    retry: 'next_key',
  },
  'rate limit': cooling(13_000),
  'rate limit without a hint': cooling(),
  "tier's spend limit": exhausted('spend_limit', DECEMBER),
  'own spend limit': exhausted('own_spend_limit', DECEMBER),
  'own spend limit of a workspace, no date': exhausted('own_spend_limit', DECEMBER),
  'credit balance': exhausted('credit_balance'),
  'organization disabled': refused('organization_disabled'),
  'long context': { blame: 'setup', reason: 'long_context_not_enabled', retry: 'next_key' },
  overloaded: { blame: 'upstream', reason: 'overloaded', retry: 'attempt' },
  internal: { blame: 'upstream', reason: 'upstream_error', retry: 'attempt' },
  'bad request': CALLER_FAULT,
  'too large': TOO_LONG,
  'prompt too long': TOO_LONG,
  'prompt and answer too long': TOO_LONG,
  'unknown model': UNKNOWN_MODEL,
  'not found': CALLER_FAULT,
};

function ownLimit(date: string): Verdict {
  const message = `You have reached your specified API usage limits. You will regain access on ${date} at 00:00 UTC.`;
  const body = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } });
  return judge({ status: 400, headers: {}, body, now: NOW });
}

describe('judge of Anthropic', () => {
  it('has an expectation for every recorded answer', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(Object.keys(recorded).sort());
  });

  it.each(Object.entries(recorded))('%s', (name, answer) => {
    expect(answer.source).toMatch(/^https:\/\//);
    expect(judge(asAnswer(answer))).toEqual(EXPECTED[name]);
  });

  it('believes no date that is past or absurd', () => {
    expect(ownLimit('2026-11-25').effect?.until).toBe(Date.UTC(2026, 10, 25));
    expect(ownLimit('2026-11-01').effect?.until).toBe(DECEMBER);
    expect(ownLimit('2026-99-99').effect?.until).toBe(DECEMBER);
    expect(ownLimit('2999-01-01').effect?.until).toBe(NOW + 31 * 86_400_000);
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
