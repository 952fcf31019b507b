import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../kernel/secret.js';
import { open, seal, type MasterKey } from './cipher.js';
import {
  fingerprinter,
  masterKeyOf,
  newCheckValue,
  newMasterKeyText,
  openSeed,
  sealSeed,
} from './master-keys.js';

const master = (): MasterKey => {
  const made = masterKeyOf(new Secret(newMasterKeyText()));
  if (!made) throw new Error('a new master key must be readable');
  return made;
};

describe('cipher', () => {
  const key = master();

  it('opens what it sealed, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, row) => {
        expect(open(key, seal(key, text, row), row)).toBe(text.toWellFormed());
      }),
    );
  });

  it('binds the text to its row', () => {
    expect(open(key, seal(key, 'sk-1', 'api_keys:a:u'), 'api_keys:b:u')).toBeUndefined();
  });

  it('opens nothing that was changed in any place', () => {
    const sealed = seal(key, 'sk-0123456789', 'row');
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.constantFrom('A', 'x', '.', ''), (at, other) => {
        const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
        const text = open(key, changed, 'row');
        // The last digit of base64url holds bits that are not read.
        if (changed !== sealed && at < sealed.length - 1) expect(text).toBeUndefined();
      }),
    );
  });

  it('takes no shortened tag', () => {
    const parts = seal(key, 'sk-0123456789', 'row').split('.');
    parts[3] = (parts[3] ?? '').slice(0, -16);
    expect(open(key, parts.join('.'), 'row')).toBeUndefined();
  });

  it('never uses a nonce twice and hides the text', () => {
    const sealed = Array.from({ length: 200 }, () => seal(key, 'sk-same', 'row'));
    expect(new Set(sealed.map((text) => text.split('.')[2])).size).toBe(200);
    expect(sealed.join()).not.toContain('sk-same');
  });

  it('names the master key that sealed it', () => {
    expect(seal(key, 'x', 'row').split('.')[1]).toBe(key.id);
    expect(open(master(), seal(key, 'x', 'row'), 'row')).toBeUndefined();
  });
});

describe('master keys', () => {
  it('reads 32 bytes of base64 and nothing else', () => {
    expect(masterKeyOf(new Secret('c2hvcnQ='))).toBeUndefined();
    expect(masterKeyOf(new Secret(''))).toBeUndefined();
  });

  it('keeps fingerprints through a change of the master key', () => {
    const [first, second] = [master(), master()];
    const check = newCheckValue(first);
    const seed = openSeed(first, check) ?? '';
    expect(openSeed(second, check)).toBeUndefined();
    const carried = openSeed(second, sealSeed(second, seed)) ?? '';
    expect(fingerprinter(carried)(' sk-1\n')).toBe(fingerprinter(seed)('sk-1'));
    expect(fingerprinter(seed)('sk-1')).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprinter(seed)('sk-2')).not.toBe(fingerprinter(seed)('sk-1'));
  });
});
