import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../kernel/secret.js';
import { formsOf } from './key-forms.js';
import { KeyMask } from './key-mask.js';

/** Masks a whole text at once: every byte that belongs to some form of the secret. */
function reference(secret: string, whole: Buffer): string {
  const out = Buffer.from(whole);
  for (const form of formsOf(secret).bytes.map((bytes) => Buffer.from(bytes, 'latin1'))) {
    for (let at = 0; at + form.length <= whole.length; at++) {
      if (whole.compare(form, 0, form.length, at, at + form.length) === 0)
        out.fill('*', at, at + form.length);
    }
  }
  return out.toString('latin1');
}

function inPieces(mask: KeyMask, whole: Buffer, cuts: readonly number[]): string {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort(
    (a, b) => a - b,
  );
  const out: Buffer[] = [];
  for (let i = 0; i + 1 < places.length; i++) out.push(mask.chunk(whole.subarray(places[i], places[i + 1])));
  out.push(mask.flush());
  return Buffer.concat(out).toString('latin1');
}

function spell(letter: string, how: number): string {
  const units = Array.from({ length: letter.length }, (_, at) =>
    letter.charCodeAt(at).toString(16).padStart(4, '0'),
  );
  if (how === 0) return JSON.stringify(letter).slice(1, -1);
  if (how === 1) return letter === '/' ? '\\/' : JSON.stringify(letter).slice(1, -1);
  return units.map((hex) => `\\u${how === 2 ? hex : hex.toUpperCase()}`).join('');
}

const SECRET = 'sk-proj-aB3/+x&y"z9';

describe('KeyMask', () => {
  it.each([
    ['plain', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    [
      'percent-encoded in lower case',
      encodeURIComponent(SECRET).replace(/%../g, (escape) => escape.toLowerCase()),
    ],
    ['JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['JSON with escaped slashes', JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/')],
    ['JSON with escaped HTML', JSON.stringify(SECRET).slice(1, -1).replaceAll('&', '\\u0026')],
  ])('hides the key %s with as many stars, in bytes and in text', (_form, text) => {
    const shown = `before ${text} after ${text}`;
    const expected = shown.replaceAll(text, '*'.repeat(text.length));
    const mask = new KeyMask(SECRET);
    expect(Buffer.concat([mask.chunk(Buffer.from(shown)), mask.flush()]).toString()).toBe(expected);
    expect(mask.text(shown)).toBe(expected);
  });

  it.each([
    ['Go and Python', "k+y/'1=\\u003c2\\u003e3\\u0026"],
    ['Gson', 'k+y/\\u00271\\u003d\\u003c2\\u003e3\\u0026'],
    ['.NET', 'k\\u002By/\\u00271=\\u003C2\\u003E3\\u0026'],
  ])('hides it as %s write JSON that is safe in HTML', (_servers, text) => {
    expect(new KeyMask("k+y/'1=<2>3&").text(`"${text}"`)).toBe(`"${'*'.repeat(text.length)}"`);
  });

  it.each(['', 'u', 'us', 'user:'])('hides it in base64 behind %j', (before) => {
    for (const after of ['', '!', '!!', ':password']) {
      const encoded = Buffer.from(before + SECRET + after).toString('base64');
      const masked = new KeyMask(SECRET).text(encoded);
      expect(masked).toHaveLength(encoded.length);
      expect(Buffer.from(masked.replaceAll('*', 'A'), 'base64').toString('latin1')).not.toContain(
        SECRET.slice(2, -2),
      );
    }
  });

  it('hides it with any of its letters as \\uXXXX, in either case of hex, over any cuts', () => {
    const secrets = [SECRET, 'aaaaaaaa', 'sk-\\u0061-12"/', 'ключ-👋-secret'];
    const ways = fc.array(fc.nat(3), { minLength: 40, maxLength: 40 });
    const filler = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom('\\', '\\u', '\\u00', '\\u006', 'sk-', 'a'),
    );
    fc.assert(
      fc.property(
        ...[fc.constantFrom(...secrets), ways, filler, filler, fc.array(fc.nat(400), { maxLength: 30 })],
        (key, how, before, after, cuts) => {
          const spelt = [...key].map((letter, at) => spell(letter, how[at] as number)).join('');
          const whole = Buffer.from(`${before} ${spelt} ${after}`);
          const shown = inPieces(new KeyMask(key), whole, cuts);
          const hidden = '*'.repeat(Buffer.byteLength(spelt));
          expect(shown).toBe(Buffer.from(`${before} ${hidden} ${after}`).toString('latin1'));
          expect(new KeyMask(key).text(spelt)).toMatch(/^\*+$/);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('leaves other escapes alone, and holds back none that are complete', () => {
    const mask = new KeyMask('sk-secret-1234');
    for (const text of ['"\\u4f60\\u597d"', 'a \\u003c b', '\\u0073k-other', 'C:\\users\\', '\\n\\n']) {
      const chunk = Buffer.from(`${text} `);
      expect(mask.chunk(chunk)).toBe(chunk);
    }
    expect(mask.chunk(Buffer.from('one \\u0073\\u006')).toString()).toBe('one ');
    expect(mask.chunk(Buffer.from('B-')).toString()).toBe('');
    expect(mask.chunk(Buffer.from('lipped')).toString()).toBe('\\u0073\\u006B-lipped');
  });

  it('finds it over any cuts, like over the whole', () => {
    const secret = fc.constantFrom(SECRET, 'abababab', 'aaaaaaaa', 'abcabcabd', 'ключ-secret');
    const filler = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('ab', 'a', 'abc', '*', '\n'));
    fc.assert(
      fc.property(
        secret,
        fc.array(fc.tuple(filler, fc.nat(40), fc.nat()), { maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 30 }),
        (key, parts, cuts) => {
          const forms = formsOf(key).bytes;
          const whole = Buffer.concat(
            parts.flatMap(([text, length, which]) => [
              Buffer.from(text),
              Buffer.from(forms[which % forms.length]!.slice(0, length), 'latin1'),
            ]),
          );
          expect(inPieces(new KeyMask(key), whole, cuts)).toBe(reference(key, whole));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('passes the very same Buffer on where there is nothing to hide', () => {
    const mask = new KeyMask(new Secret(SECRET));
    const chunk = Buffer.from('data: {"choices":[]}\n\n');
    expect(mask.chunk(chunk)).toBe(chunk);
    expect(mask.flush()).toHaveLength(0);
  });

  it('holds back only what may begin the key', () => {
    const mask = new KeyMask('sk-secret-1234');
    expect(mask.chunk(Buffer.from('one sk-se')).toString()).toBe('one ');
    expect(mask.chunk(Buffer.from('cond')).toString()).toBe('sk-second');
    expect(mask.chunk(Buffer.from('ask-')).toString()).toBe('a');
    expect(mask.flush().toString()).toBe('sk-');
  });

  it('leaves bodies alone for short secrets, and texts too for very short ones', () => {
    const short = new KeyMask('abcdef');
    expect(short.chunk(Buffer.from('abcdef')).toString()).toBe('abcdef');
    expect(short.text('x abcdef')).toBe('x ******');
    expect(new KeyMask('abc').text('abc')).toBe('abc');
    expect(new KeyMask('').text('abc')).toBe('abc');
  });
});
