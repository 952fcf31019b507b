import { describe, expect, it } from 'vitest';
import { Breakers } from '../upstreams/breaker.js';
import { RetryBudget } from '../upstreams/retry-budget.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Tried } from './attempts.js';
import { Protection } from './protection.js';

const UPSTREAM = { id: 'u', slug: 'u' } as Upstream;
const SILENT = {
  target: { upstream: UPSTREAM },
  lease: { keyId: 'k' },
  verdict: { blame: 'upstream', reason: 'timeout_first_byte', retry: 'attempt' },
} as Tried;

/** Whether the breaker opens when ten attempts end so. */
async function opens(durationMs: number, soundLeft: boolean): Promise<boolean> {
  const protection = new Protection(new Breakers(), new RetryBudget());
  for (let n = 0; n < 10; n++)
    await protection.attemptEnded(SILENT, durationMs, () => Promise.resolve(soundLeft));
  return protection.refusal(UPSTREAM, Date.now()) !== undefined;
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
});
