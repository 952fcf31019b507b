import { describe, expect, it } from 'vitest';
import type { KeyMemory } from '../pool/pool-state.js';
import { memoryOf, poolKeyOf, type StoredKey } from './stored-key.js';

const row = (parts: Partial<StoredKey> = {}): StoredKey => ({
  id: 'k',
  upstreamId: 'u',
  cipher: '',
  status: 'active',
  reason: null,
  until: null,
  weight: 2,
  priority: 1,
  quotaGroup: null,
  limits: [],
  version: 0,
  ...parts,
});
const rest = (status: 'cooling' | 'exhausted') => ({ status, reason: 'r', until: 9, streak: 3 });
const memory = (parts: Partial<KeyMemory>): KeyMemory => ({ keyId: 'k', models: [], days: [], ...parts });

describe('poolKeyOf', () => {
  it.each([
    [row(), true, undefined],
    [row({ status: 'exhausted' }), true, undefined],
    [row({ status: 'invalid' }), true, 'invalid'],
    [row({ status: 'disabled' }), false, 'disabled'],
    [row(), false, 'invalid'],
  ] as const)('%# takes out whom a person, the provider or the cipher rules out', (stored, readable, out) => {
    expect(poolKeyOf(stored, readable).out).toBe(out);
  });
});

describe('memoryOf', () => {
  const exhausted = row({ status: 'exhausted', reason: 'quota', until: 99 });

  it('is nothing for a key that remembers nothing', () => {
    expect(memoryOf(row(), undefined)).toBeUndefined();
  });

  it('takes cooling, models and days from the memory', () => {
    const known = memory({ rest: rest('cooling'), models: [{ model: 'm', ...rest('exhausted') }] });
    expect(memoryOf(row(), known)).toEqual(known);
  });

  it('takes exhausted from the row', () => {
    const stored = { status: 'exhausted', reason: 'quota', until: 99 };
    expect(memoryOf(exhausted, undefined)?.rest).toMatchObject(stored);
    expect(memoryOf(exhausted, memory({ rest: rest('cooling') }))?.rest).toMatchObject(stored);
  });

  it('leaves an exhausted rest to the quota group that shares it', () => {
    const shared = memory({ group: { rest: rest('exhausted'), models: [] } });
    expect(memoryOf(exhausted, shared)).toEqual(shared);
  });

  it('forgets exhausted where the row says that it is over', () => {
    const known = memory({ rest: rest('exhausted'), group: { rest: rest('exhausted'), models: [] } });
    expect(memoryOf(row(), known)).toEqual(memory({ group: { models: [] } }));
  });
});
