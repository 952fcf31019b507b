import { describe, expect, it } from 'vitest';
import { Breakers } from '../upstreams/breaker.js';
import { RetryBudget } from '../upstreams/retry-budget.js';
import type { Upstream } from '../upstreams/upstream.js';
import { OK, type Verdict } from '../kernel/verdict.js';
import type { Tried } from './attempts.js';
import { Protection } from './protection.js';

const UPSTREAM = { id: 'u', slug: 'u' } as Upstream;
const SILENCE: Verdict = { blame: 'upstream', reason: 'timeout_first_byte', retry: 'attempt' };
const UNREACHABLE: Verdict = { ...SILENCE, reason: 'connect_failed', elsewhere: true };

function scene() {
  const protection = new Protection(new Breakers(), new RetryBudget());
  const tried = (verdict: Verdict, keyId = 'k') =>
    ({ target: { upstream: UPSTREAM }, lease: { keyId }, verdict, told: false }) as Tried;
  const isOpen = () => protection.refusal(UPSTREAM, Date.now()) !== undefined;
  return { protection, tried, isOpen };
}

/** Whether the breaker opens when ten attempts end so. */
async function opens(durationMs: number, soundLeft: boolean, verdict = SILENCE): Promise<boolean> {
  const { protection, tried, isOpen } = scene();
  for (let n = 0; n < 10; n++)
    await protection.attemptEnded(tried(verdict), durationMs, () => Promise.resolve(soundLeft));
  return isOpen();
}

describe('slow failures in the middle of calls', () => {
  it('open the breaker when no other key may be good', async () => {
    expect(await opens(5000, false)).toBe(true);
  });

  it('say nothing of the upstream while another key may be good', async () => {
    expect(await opens(5000, true)).toBe(false);
  });

  it('are told by the end of the call where they were quick', async () => {
    expect(await opens(4999, false)).toBe(false);
  });

  it('open the breaker whatever keys are left where no connection could be made', async () => {
    expect(await opens(5000, true, UNREACHABLE)).toBe(true);
  });

  it('are told once', async () => {
    const { protection, tried, isOpen } = scene();
    for (let n = 0; n < 4; n++) {
      const slow = tried(SILENCE);
      await protection.attemptEnded(slow, 5000, () => Promise.resolve(false));
      protection.callEnded(slow, SILENCE);
    }
    expect(isOpen()).toBe(false);
  });
});

describe('calls that could not be connected', () => {
  it('open the breaker although keys were known to work', () => {
    const { protection, tried, isOpen } = scene();
    for (let n = 0; n < 4; n++) protection.callEnded(tried(OK, `k${n}`), OK);
    for (let n = 0; n < 5; n++) {
      expect(isOpen()).toBe(false);
      protection.callEnded(tried(UNREACHABLE), UNREACHABLE);
    }
    expect(isOpen()).toBe(true);
  });
});
