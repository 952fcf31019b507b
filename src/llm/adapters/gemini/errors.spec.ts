import { describe, expect, it } from 'vitest';
import { readFault, writeFault } from './errors.js';

describe('faults', () => {
  it.each([
    [
      429,
      '{"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED"}}',
      { status: 429, message: 'Quota exceeded.', code: 'RESOURCE_EXHAUSTED' },
    ],
    [
      400,
      '[{"error":{"message":"Bad.","status":"INVALID_ARGUMENT"}}]',
      { status: 400, message: 'Bad.', code: 'INVALID_ARGUMENT' },
    ],
    [502, '<html>', { status: 502, message: '<html>' }],
    [500, '', { status: 500, message: 'The upstream answered with status 500.' }],
  ])('reads %i %s', (status, body, fault) => {
    expect(readFault(status, body)).toEqual(fault);
  });

  it.each([
    [
      { status: 429, message: 'Slow down', code: 'rate_limit_exceeded' },
      'RESOURCE_EXHAUSTED',
      'rate_limit_exceeded',
    ],
    [
      { status: 400, message: 'No', code: 'FAILED_PRECONDITION' },
      'FAILED_PRECONDITION',
      'FAILED_PRECONDITION',
    ],
    [{ status: 422, message: 'No' }, 'INVALID_ARGUMENT', 'UPSTREAM_ERROR'],
    [{ status: 529, message: 'Full', code: 'overloaded_error' }, 'UNAVAILABLE', 'overloaded_error'],
  ])('writes %j', (fault, status, reason) => {
    expect(writeFault(fault, 'req_1')).toMatchObject({
      error: {
        code: fault.status,
        message: fault.message,
        status,
        details: [{ reason, metadata: { request_id: 'req_1' } }],
        keywheel_code: 'upstream_error',
      },
    });
  });
});
