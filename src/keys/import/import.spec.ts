import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKeyEntry, readKeyPatch } from './key-fields.js';
import { keyLines, type Line } from './key-lines.js';
import { keyFault } from './key-text.js';

async function linesOf(text: Buffer, sizes: readonly number[]): Promise<Line[]> {
  async function* pieces() {
    let at = 0;
    for (const size of sizes) {
      yield text.subarray(at, (at += size));
    }
    yield text.subarray(at);
  }
  const lines: Line[] = [];
  for await (const line of keyLines(pieces())) lines.push(line);
  return lines;
}

describe('keyLines', () => {
  it('numbers lines, skipping blank ones and comments', async () => {
    const text = '\uFEFFsk-1\r\n\n  # team a\n\tsk-2  \nsk-3';
    expect(await linesOf(Buffer.from(text), [])).toEqual([
      { line: 1, text: 'sk-1' },
      { line: 4, text: 'sk-2' },
      { line: 5, text: 'sk-3' },
    ]);
  });

  it('gives the same lines however the text is cut, also within a character', async () => {
    const text = Buffer.from('sk-1\n\nschlüssel\n#x\nsk-€-3\n');
    const whole = await linesOf(text, []);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6)), async (sizes) => {
        expect(await linesOf(text, sizes)).toEqual(whole);
      }),
    );
  });

  it('keeps no more of an endless line than tells that it is too long', async () => {
    const [line] = await linesOf(
      Buffer.alloc(1 << 20, 'x'),
      Array.from({ length: 16 }, () => 1 << 16),
    );
    expect(line?.text.length).toBeLessThan(10_000);
    expect(keyFault(line?.text ?? '')).toContain('more than 4096');
  });
});

describe('keyFault', () => {
  it.each([
    ['sk-proj-abc_DEF.123', undefined],
    ['x'.repeat(4096), undefined],
    ['x'.repeat(4097), 'has more than 4096 characters'],
    ['', 'is empty'],
    ['sk-1 sk-2', 'holds a blank: one key a line'],
    ['sk-1\u0000', 'holds a control character'],
    ['sk-1\r\nhost: evil', 'holds a blank: one key a line'],
    ['sk-1\u200b', 'holds a character outside ASCII'],
    ['schlüssel', 'holds a character outside ASCII'],
  ])('%j: %s', (text, fault) => expect(keyFault(text)).toBe(fault));
});

describe('readKeyEntry', () => {
  it('takes a text or an object', () => {
    expect(readKeyEntry('sk-1')).toEqual({ key: 'sk-1' });
    expect(readKeyEntry({ key: 'sk-1', label: 'a', tags: ['x', 'x'], limits: { rpm: 5 } })).toEqual({
      key: 'sk-1',
      fields: { label: 'a', tags: ['x'], limits: [{ rpm: 5 }] },
    });
  });

  it.each([
    [7, 'must be a text or an object with the field key'],
    [{ label: 'a' }, 'key must be a text'],
    [{ key: 'sk-1', secret: 1 }, 'has unknown fields'],
    [{ key: 'sk-1', weight: 0 }, 'weight must be a whole number from 1 to 1000'],
    [{ key: 'sk-1', limits: [{ models: 'm' }] }, 'limits.0 must limit something'],
  ])('refuses %j', (given, fault) => expect(readKeyEntry(given)).toEqual({ fault }));
});

describe('readKeyPatch', () => {
  it('takes any part', () => {
    expect(readKeyPatch({ quotaGroup: null, limits: null, status: 'disabled' })).toEqual({
      quotaGroup: null,
      limits: [],
      status: 'disabled',
    });
  });

  it('tells every fault by its field', () => {
    expect(() => readKeyPatch({ weight: 1.5, priority: '1' })).toThrowError(
      expect.objectContaining({
        code: 'validation_failed',
        faults: [expect.objectContaining({ path: 'weight' }), expect.objectContaining({ path: 'priority' })],
      }) as Error,
    );
    expect(() => readKeyPatch({ id: 'x' })).toThrowError(/unknown fields/);
  });
});
