import { describe, expect, it } from 'vitest';
import type { Part, Signature } from './parts.js';
import { attachSignatures, type Place, sealPlaced } from './placed-signatures.js';
import { unseal } from './signatures.js';

const GIVEN: Signature = { origin: 'gemini', value: 'abc' };
const text = (words: string): Part => ({ kind: 'text', text: words });
const call = (id: string): Part => ({ kind: 'call', id, name: 'f', arguments: '{}' });

describe.each(['anthropic', 'responses'] as const)('signatures in thoughts of clients of %s', (dialect) => {
  const placed = (place: Place, signature = GIVEN): Part => ({
    kind: 'thought',
    text: '',
    redacted: true,
    signature: unseal(sealPlaced(place, signature, dialect), dialect),
  });

  it.each<[Place, readonly Part[], readonly Part[]]>([
    ['next', [placed('next'), call('a'), text('x')], [call('a'), { ...text('x'), signature: GIVEN }]],
    ['last', [text('x'), call('a'), placed('last')], [{ ...text('x'), signature: GIVEN }, call('a')]],
    ['alone', [placed('alone')], [{ ...text(''), signature: GIVEN }]],
    ['redacted', [placed('redacted')], [{ kind: 'thought', text: '', redacted: true, signature: GIVEN }]],
    [
      { call: '50%#1' },
      [placed({ call: '50%#1' }), call('50%#1'), call('b')],
      [{ ...call('50%#1'), signature: GIVEN }, call('b')],
    ],
  ])('come back to their place: %j', (_, parts, attached) => {
    expect(attachSignatures(parts)).toEqual(attached);
  });

  it('never look like one of the dialect’s own provider', () => {
    expect(unseal(sealPlaced('alone', { origin: dialect, value: 'x' }, dialect), dialect).origin).not.toBe(
      dialect,
    );
  });

  it('leave other thoughts alone', () => {
    const parts: Part[] = [
      { kind: 'thought', text: 'hm', signature: { origin: dialect, value: '#x' } },
      text('x'),
    ];
    expect(attachSignatures(parts)).toBe(parts);
  });
});
