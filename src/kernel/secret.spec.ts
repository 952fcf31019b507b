import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskSecret, Secret } from './secret.js';

const TEXT = 'sk-very-secret-indeed';

describe('Secret', () => {
  const secret = new Secret(TEXT);

  it.each([
    ['a template', `${secret as unknown as string}`],
    ['concatenation', 'x' + (secret as unknown as string)],
    ['String()', String(secret)],
    ['JSON', JSON.stringify({ secret, list: [secret] })],
    ['inspect', inspect({ secret }, { depth: 5, showHidden: true })],
    ['an error', inspect(new Error('x', { cause: secret }))],
    ['its own fields', JSON.stringify(Object.entries(secret))],
  ])('does not show itself by %s', (_, shown) => {
    expect(shown).not.toContain(TEXT);
  });

  it('shows its text when asked for it by name', () => {
    expect(secret.reveal()).toBe(TEXT);
  });
});

describe('maskSecret', () => {
  it('shows at most four characters at either end, and at most a third in all', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'abcdef0123-_'), maxLength: 200 }), (text) => {
        const shown = maskSecret(text).replace('****', '');
        expect(shown.length).toBeLessThanOrEqual(Math.min(8, text.length / 3));
      }),
    );
  });

  it('tells long ones apart', () => {
    expect(maskSecret('sk-proj-abcdefghijklmnopqrst9xQa')).toBe('sk-p****9xQa');
  });
});
