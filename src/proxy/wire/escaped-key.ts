const BACKSLASH = 0x5c;
const LOWER_A = 0x61;
const LOWER_U = 0x75;
const LOWER_F = 0x66;
const LOWER = 0x20;
const ESCAPE_LENGTH = 6;
/** Of each byte its value as a hex digit; NaN for others. */
const DIGITS = Float64Array.from({ length: 256 }, (_, byte) => {
  const sign = String.fromCharCode(byte);
  return /[0-9A-Fa-f]/.test(sign) ? Number.parseInt(sign, 16) : NaN;
});
/** What a match comes to that is none, or is none as yet because the bytes are at an end. */
const NO = -1;
const SO_FAR = -2;
/** What may follow a backslash in JSON and stand for itself. */
const BACKSLASHED = new Set(['"', '\\', '/']);

/** One way to write one letter. */
interface Spelling {
  readonly bytes: Buffer;
  readonly isEscape: boolean;
}

/**
 * A secret in JSON that has some or all of its letters as `\uXXXX`, as any writer of JSON may. Such spellings are too
 * many to be listed, so they are read: only where an escape stands for one of the secret's letters.
 */
export class EscapedKey {
  /** Of each letter how it may be written; what is longer goes first. */
  private readonly letters: readonly (readonly Spelling[])[];
  private readonly codes: ReadonlySet<number>;
  /** For each byte 1 where some spelling holds it. */
  private readonly alphabet = new Uint8Array(256);
  /** Of no answer without it, a letter is escaped. */
  private readonly sign: Buffer;
  private readonly longest: number;

  constructor(secret: string) {
    const letters = [...secret];
    const units = letters.flatMap((letter) => unitsOf(letter));
    this.codes = new Set(units);
    this.sign = Buffer.from(units.every((code) => code < 0x100) ? '\\u00' : '\\u');
    this.letters = letters.map((letter) => spellingsOf(letter));
    this.longest = ESCAPE_LENGTH * units.length;
    for (const byte of Buffer.from('\\u0123456789abcdefABCDEF')) this.alphabet[byte] = 1;
    for (const { bytes } of this.letters.flat()) for (const byte of bytes) this.alphabet[byte] = 1;
  }

  /** Where one of its letters is escaped first; -1 for nowhere, as in nearly every answer. */
  firstSign(raw: Buffer): number {
    return this.nextSign(raw, 0);
  }

  /** Tells each place where it stands. @param sign the first one */
  eachFrom(sign: number, raw: Buffer, found: (from: number, to: number) => void): void {
    let last = sign;
    for (let next = sign; next !== -1; next = this.nextSign(raw, next + 1)) last = next;
    for (let from = Math.max(0, sign - this.longest); from <= last; from++) {
      const to = this.match(raw, from);
      if (to > 0) found(from, to);
    }
  }

  /** Length of the longest end of `raw` that may be its beginning and has an escape; 0 for nearly every answer. */
  atEnd(raw: Buffer): number {
    const { length } = raw;
    const most = Math.min(length, this.longest);
    let run = 0;
    let escape = -1;
    for (; run < most; run++) {
      const byte = raw[length - 1 - run]!;
      if (this.alphabet[byte] !== 1) break;
      if (byte === BACKSLASH && escape === -1) escape = length - 1 - run;
    }
    for (let from = length - run; from <= escape; from++)
      if (this.match(raw, from) === SO_FAR) return length - from;
    return 0;
  }

  /** Where the next escape begins that stands for a letter of the secret; -1 for nowhere. */
  private nextSign(raw: Buffer, from: number): number {
    let at = raw.indexOf(this.sign, from);
    if (at === -1) return -1;
    // Where there is one there are many: each search costs more than a few steps.
    for (; at + ESCAPE_LENGTH <= raw.length; at++) {
      if (raw[at] === BACKSLASH && this.codes.has(codeAt(raw, at))) return at;
    }
    return -1;
  }

  /** The end of the secret that begins here, or NO or SO_FAR. */
  private match(raw: Buffer, from: number): number {
    let at = from;
    for (const spellings of this.letters) {
      at = matchOne(raw, at, spellings);
      if (at < 0) return at;
    }
    return at;
  }
}

/** The code unit of an escape; NaN where there is none. */
function codeAt(raw: Buffer, at: number): number {
  if (raw[at + 1] !== LOWER_U) return NaN;
  let code = 0;
  for (let i = 2; i < ESCAPE_LENGTH; i++) code = code * 16 + DIGITS[raw[at + i]!]!;
  return code;
}

function matchOne(raw: Buffer, from: number, spellings: readonly Spelling[]): number {
  for (const { bytes, isEscape } of spellings) {
    let length = 0;
    while (length < bytes.length && isSame(raw[from + length], bytes[length]!, isEscape)) length++;
    if (length === bytes.length) return from + length;
    if (from + length >= raw.length) return SO_FAR;
  }
  return NO;
}

/** The hex digits of an escape may be written in either case. */
function isSame(byte: number | undefined, wanted: number, isEscape: boolean): boolean {
  if (byte === wanted) return true;
  return isEscape && wanted >= LOWER_A && wanted <= LOWER_F && byte === wanted - LOWER;
}

function spellingsOf(letter: string): readonly Spelling[] {
  const escape = unitsOf(letter).map((code) => `\\u${code.toString(16).padStart(4, '0')}`);
  const bare = [{ bytes: Buffer.from(letter), isEscape: false }];
  const backslashed = BACKSLASHED.has(letter) ? [{ bytes: Buffer.from(`\\${letter}`), isEscape: false }] : [];
  return [{ bytes: Buffer.from(escape.join('')), isEscape: true }, ...backslashed, ...bare];
}

/** UTF-16 code units, of which JSON escapes each. */
function unitsOf(letter: string): number[] {
  return Array.from({ length: letter.length }, (_, at) => letter.charCodeAt(at));
}
