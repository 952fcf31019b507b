import { describe, expect, it } from 'vitest';
import { Affinities, conversationOf } from './affinity.js';
import type { Call } from './call.js';

const NOW = 1_000_000_000_000;
const HOUR = 3_600_000;

const call = (header?: string, token = 't') =>
  ({ req: { headers: { 'x-keywheel-affinity': header } }, token: { id: token } }) as unknown as Call;

describe('Affinities', () => {
  it('remember the key that served last, for each upstream', () => {
    const affinities = new Affinities();
    affinities.remember('u', 'c', 'k1', NOW);
    affinities.remember('u', 'c', 'k2', NOW);
    affinities.remember('v', 'c', 'k3', NOW);
    expect(affinities.keyFor('u', 'c', NOW)).toBe('k2');
    expect(affinities.keyFor('v', 'c', NOW)).toBe('k3');
    expect(affinities.keyFor('u', 'd', NOW)).toBeUndefined();
  });

  it('forget an hour after the last call', () => {
    const affinities = new Affinities();
    affinities.remember('u', 'c', 'k', NOW);
    affinities.remember('u', 'c', 'k', NOW + HOUR - 1);
    expect(affinities.keyFor('u', 'c', NOW + 2 * HOUR - 2)).toBe('k');
    expect(affinities.keyFor('u', 'c', NOW + 2 * HOUR - 1)).toBeUndefined();
  });

  it('hold ten thousand, and let go of the one that was silent for longest', () => {
    const affinities = new Affinities();
    affinities.remember('u', 'first', 'k', NOW);
    affinities.remember('u', 'second', 'k', NOW);
    affinities.remember('u', 'first', 'k', NOW);
    for (let n = 0; n < 9_999; n++) affinities.remember('u', String(n), 'k', NOW);
    expect(affinities.size).toBe(10_000);
    expect([affinities.keyFor('u', 'first', NOW), affinities.keyFor('u', 'second', NOW)]).toEqual([
      'k',
      undefined,
    ]);
  });
});

describe('conversationOf', () => {
  it('goes by the header, then by the body, and is nothing where nothing is said', () => {
    expect(conversationOf(call('a'), 'b')).toBe(conversationOf(call(undefined), 'a'));
    expect(conversationOf(call(''), 'b')).toBe(conversationOf(call('b')));
    expect([conversationOf(call()), conversationOf(call(), '')]).toEqual([undefined, undefined]);
  });

  it('is each token’s own, and shows nothing of what was said', () => {
    expect(conversationOf(call('secret-user'))).not.toBe(conversationOf(call('secret-user', 'other')));
    expect(conversationOf(call('secret-user'))).not.toContain('secret');
  });
});
