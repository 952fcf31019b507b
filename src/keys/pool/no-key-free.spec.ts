import { describe, expect, it } from 'vitest';
import { noKeyFree } from './no-key-free.js';

const COUNTS = { keys: 5, free: 0, cooling: 2, exhausted: 1, invalid: 0, disabled: 2, inFlight: 3 };
const BUSY = { keyId: undefined, readyAt: 1500, early: false, why: 'busy' } as const;

describe('noKeyFree', () => {
  it('says how long to wait and what the keys are doing', () => {
    const error = noKeyFree(BUSY, COUNTS, 1000);
    expect(error).toMatchObject({ code: 'no_key_free', status: 429, retryAfterMs: 500 });
    expect(error.message).toBe(
      'No key of this upstream is free. Of 5 keys: 2 cooling, 1 exhausted, 2 disabled; 3 in use.',
    );
  });

  it.each([
    [{ ...BUSY, readyAt: Infinity }, COUNTS, 60_000, 'No key'],
    [{ ...BUSY, readyAt: 10 }, COUNTS, 1, 'No key'],
    [{ ...BUSY, why: 'tried' } as const, { ...COUNTS, keys: 1, free: 1 }, 500, 'Of 1 key: 2 cooling'],
    [{ ...BUSY, why: 'empty', readyAt: Infinity } as const, { ...COUNTS, keys: 0 }, 60_000, 'no keys at all'],
  ])('%j', (refusal, counts, retryAfterMs, text) => {
    const error = noKeyFree(refusal, counts, 1000);
    expect(error.retryAfterMs).toBe(retryAfterMs);
    expect(error.message).toContain(text);
  });
});
