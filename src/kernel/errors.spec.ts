import { describe, expect, it } from 'vitest';
import { KeywheelError, toKeywheelError } from './errors.js';

describe('KeywheelError', () => {
  it('knows where it was made only where operators have to look', () => {
    const limit = Error.stackTraceLimit;
    expect(new KeywheelError('overloaded', 'Too much.').stack).not.toContain('errors.spec');
    expect(new KeywheelError('internal', 'Broken.').stack).toContain('errors.spec');
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it('keeps what was thrown as its cause, with its stack', () => {
    const fault = new Error('secret insides');
    const error = toKeywheelError(fault);
    expect(error).toMatchObject({ code: 'internal', status: 500, cause: fault });
    expect(error.message).not.toContain('insides');
    expect(fault.stack).toContain('errors.spec');
  });

  it('is passed on as it is', () => {
    const error = new KeywheelError('no_key_free', 'None.', { retryAfterMs: 1500 });
    expect(toKeywheelError(error)).toBe(error);
    expect(error).toMatchObject({ status: 429, retryAfterMs: 1500 });
  });
});
