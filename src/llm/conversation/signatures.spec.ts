import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect } from './dialect.js';
import { seal, signatureFor, unseal } from './signatures.js';

const DIALECTS: readonly Dialect[] = ['chat', 'responses', 'anthropic', 'gemini'];

describe('signatures', () => {
  it('come back from a client of any dialect', () => {
    const dialect = fc.constantFrom(...DIALECTS);
    fc.assert(
      fc.property(dialect, dialect, fc.base64String({ minLength: 1 }), (origin, client, value) => {
        expect(unseal(seal({ origin, value }, client), client)).toEqual({ origin, value });
      }),
    );
  });

  it('are base64 for clients of Gemini', () => {
    const sealed = seal({ origin: 'anthropic', value: 'EqQB' }, 'gemini');
    expect(Buffer.from(sealed, 'base64').toString('base64')).toBe(sealed);
  });

  it('are told to their own provider only', () => {
    const signature = { origin: 'gemini', value: 'abc' } as const;
    expect(signatureFor(signature, 'gemini')).toBe('abc');
    expect(signatureFor(signature, 'anthropic')).toBeUndefined();
    expect(signatureFor(undefined, 'gemini')).toBeUndefined();
  });
});
