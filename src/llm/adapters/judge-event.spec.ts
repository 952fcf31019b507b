import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAnswer, NOW } from '../../kernel/answer.fixture.js';
import { judgeEvent as judgeAnthropic } from './anthropic/judge-event.js';
import { judgeEvent as judgeGemini } from './gemini/judge-event.js';
import { judgeEvent as judgeOpenAi } from './openai/judge-event.js';

type JudgeEvent = (data: string, now: number) => ReturnType<typeof judgeOpenAi>;

/** `[event, blame, reason, retry]`; a blame of undefined means: not an error. */
type Row = readonly [event: unknown, blame: string | undefined, reason?: string, retry?: string];

function table(name: string, judge: JudgeEvent, rows: readonly Row[]): void {
  describe(name, () => {
    it.each(rows)('%j is the fault of %s: %s', (event, blame, reason, retry) => {
      const data = typeof event === 'string' ? event : JSON.stringify(event);
      const verdict = judge(data, NOW);
      if (blame === undefined) expect(verdict).toBeUndefined();
      else expect(verdict).toMatchObject({ blame, reason, retry });
    });

    it('survives any data', () => {
      fc.assert(
        fc.property(anyAnswer, ({ body }) => void judge(body, NOW)),
        { numRuns: 200 },
      );
    });
  });
}

const error = (type: string) => ({ type: 'error', error: { type, message: 'Words' } });

table('anthropic', judgeAnthropic, [
  [error('overloaded_error'), 'upstream', 'overloaded', 'attempt'],
  [error('api_error'), 'upstream', 'upstream_error', 'attempt'],
  [error('rate_limit_error'), 'quota', 'rate_limited', 'next_key'],
  [error('authentication_error'), 'key', 'invalid_key', 'next_key'],
  [error('invalid_request_error'), 'caller', 'caller_fault', 'no'],
  [error('something_new'), 'upstream', 'upstream_error', 'attempt'],
  [{ type: 'message_start', message: {} }, undefined],
  [{ type: 'content_block_delta', delta: { text: 'the word "error"' } }, undefined],
  ['{"type":"error"', undefined],
]);

table('openai', judgeOpenAi, [
  [{ error: { message: 'x', type: 'server_error' } }, 'upstream', 'upstream_error', 'attempt'],
  [{ error: { message: 'x', code: 'rate_limit_exceeded' } }, 'quota', 'rate_limited', 'next_key'],
  [{ error: { message: 'x', code: 'insufficient_quota' } }, 'quota', 'insufficient_quota', 'next_key'],
  [{ error: { message: 'x', type: 'invalid_request_error' } }, 'caller', 'caller_fault', 'no'],
  [
    { error: { code: 502, message: 'Provider disconnected' }, choices: [] },
    'upstream',
    'upstream_error',
    'attempt',
  ],
  [{ error: 'only words' }, 'upstream', 'upstream_error', 'attempt'],
  [{ type: 'error', code: 'server_error', message: 'x' }, 'upstream', 'upstream_error', 'attempt'],
  [
    { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'x' } } },
    'quota',
    'rate_limited',
    'next_key',
  ],
  [{ type: 'response.created', response: { error: null } }, undefined],
  [{ choices: [{ delta: { content: '"error"' } }], error: null }, undefined],
  ['[DONE]', undefined],
]);

table('gemini', judgeGemini, [
  [{ error: { code: 503, status: 'UNAVAILABLE', message: 'x' } }, 'upstream', 'overloaded', 'attempt'],
  [{ error: { status: 'RESOURCE_EXHAUSTED', message: 'x' } }, 'quota', 'resource_exhausted', 'next_key'],
  [[{ error: { code: 429, message: 'x' } }], 'quota', 'resource_exhausted', 'next_key'],
  [{ error: {} }, 'upstream', 'upstream_error', 'attempt'],
  [{ candidates: [{ content: { parts: [{ text: '"error"' }] } }] }, undefined],
]);
