import { describe, expect, it } from 'vitest';
import { Secret } from '../kernel/secret.js';
import { LentKeys } from './lent-keys.js';

describe('LentKeys', () => {
  it('knows when a key was lent, until that is taken', () => {
    const keys = new LentKeys();
    for (const id of ['a', 'b', 'c']) keys.set(id, new Secret(`secret ${id}`));
    const before = Date.now();
    expect(keys.get('b')?.reveal()).toBe('secret b');
    expect(keys.peek('c')?.reveal()).toBe('secret c');
    expect([keys.lentAt('a'), keys.lentAt('c'), keys.lentAt('unknown')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(keys.lentAt('b')).toBeGreaterThanOrEqual(before);
    expect(keys.take()).toEqual([['b', expect.any(Number)]]);
    expect([keys.take(), keys.lentAt('b')]).toEqual([[], undefined]);
  });

  it('has nothing of a key that is gone', () => {
    const keys = new LentKeys();
    keys.set('a', new Secret('secret a'));
    keys.get('a');
    keys.delete('a');
    expect([keys.get('a'), keys.peek('a'), keys.take()]).toEqual([undefined, undefined, []]);
  });
});
