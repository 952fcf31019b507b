import { KeywheelError } from '../../kernel/errors.js';
import type { PoolCounts, Refusal } from './pool-state.js';

/** What a client is told to wait where nobody knows better. */
const DEFAULT_RETRY_MS = 60_000;

/** The error for a call that gets no key, with how long to wait and what the pool's keys are doing. */
export function noKeyFree(refusal: Refusal, counts: PoolCounts, now: number): KeywheelError {
  const wait = refusal.readyAt - now;
  const retryAfterMs = Number.isFinite(wait) ? Math.max(1, wait) : DEFAULT_RETRY_MS;
  const isEmpty = counts.keys === 0;
  const text = isEmpty
    ? 'This upstream has no keys at all.'
    : `${SENTENCES[refusal.why]} ${describe(counts)}`;
  return new KeywheelError('no_key_free', text, { retryAfterMs });
}

const SENTENCES: Readonly<Record<Refusal['why'], string>> = {
  empty: 'This upstream has no such key.',
  out: 'No key of this upstream may be used.',
  tried: 'Every key that may be used was tried for this call.',
  busy: 'No key of this upstream is free.',
};

function describe({ keys, free, cooling, exhausted, invalid, disabled, inFlight }: PoolCounts): string {
  const states = Object.entries({ cooling, exhausted, invalid, disabled })
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  if (free > 0) states.push(`${free} at their limits or resting for this model`);
  return `Of ${keys} ${keys === 1 ? 'key' : 'keys'}: ${states.join(', ')}; ${inFlight} in use.`;
}
