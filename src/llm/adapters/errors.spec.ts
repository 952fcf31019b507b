import { describe, expect, it } from 'vitest';
import { ERRORS, KeywheelError, type ErrorCode } from '../../kernel/errors.js';
import { ADAPTERS } from './adapters.js';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('errors in each protocol', () => {
  it.each(CODES)('%s: envelope, stable code and request id', (code) => {
    const error = new KeywheelError(code, 'what happened', { retryAfterMs: 1500, param: 'model' });
    const openai = ADAPTERS.openai.errorBody(error, 'req_1');
    expect(openai).toEqual({
      error: {
        message: 'what happened',
        type: expect.any(String),
        param: 'model',
        code,
        keywheel_code: code,
        request_id: 'req_1',
      },
    });
    expect(ADAPTERS.anthropic.errorBody(error, 'req_1')).toEqual({
      type: 'error',
      error: { type: expect.any(String), message: 'what happened', keywheel_code: code },
      request_id: 'req_1',
    });
    expect(ADAPTERS.gemini.errorBody(error, 'req_1')).toMatchObject({
      error: {
        code: error.status,
        message: 'what happened',
        status: expect.stringMatching(/^[A-Z_]+$/),
        details: [{ reason: code.toUpperCase() }, { retryDelay: '2s' }],
        keywheel_code: code,
      },
    });
  });

  it('tells of a break in events that end with a blank line', () => {
    const error = new KeywheelError('upstream_broken', 'it broke');
    for (const adapter of Object.values(ADAPTERS)) {
      expect(adapter.breakEvent(error, 'req_1', 'chat')).toMatch(/^(event: error\n)?data: \{.*\}\n\n$/);
    }
    expect(ADAPTERS.openai.breakEvent(error, 'req_1', 'responses')).toMatch(/^event: error\n/);
  });
});
