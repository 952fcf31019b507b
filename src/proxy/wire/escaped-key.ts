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
  readonly bytes: string;
  readonly isEscape: boolean;
}

/** What is asked of a secret's letters. */
interface Details {
  /** Of each letter how it may be written; what is longer goes first. */
  readonly letters: readonly (readonly Spelling[])[];
  readonly codes: ReadonlySet<number>;
  /** For each byte 1 where some spelling holds it. */
  readonly alphabet: Uint8Array;
}

const LATIN1_SIGN = '\\u00';
const ANY_SIGN = '\\u';
const BEYOND_LATIN1 = /[^\0-\xff]/;

/**
 * A secret in JSON that has some or all of its letters as `\uXXXX`, as any writer of JSON may. Such spellings are too
 * many to be listed, so they are read: only where an escape stands for one of the secret's letters. All bytes are given
 * as texts, a letter for each.
 */
export class EscapedKey {
  /** Of no answer without it, a letter is escaped. */
  private readonly sign: string;
  private readonly longest: number;
  private known: Details | undefined;

  constructor(private readonly secret: string) {
    this.sign = BEYOND_LATIN1.test(secret) ? ANY_SIGN : LATIN1_SIGN;
    this.longest = ESCAPE_LENGTH * secret.length;
  }

  /** Where one of its letters is escaped first; -1 for nowhere, as in nearly every answer. */
  firstSign(raw: string): number {
    return this.nextSign(raw, 0);
  }

  /** Tells each place where it stands. @param sign the first one */
  eachFrom(sign: number, raw: string, found: (from: number, to: number) => void): void {
    let last = sign;
    for (let next = sign; next !== -1; next = this.nextSign(raw, next + 1)) last = next;
    for (let from = Math.max(0, sign - this.longest); from <= last; from++) {
      const to = this.match(raw, from);
      if (to > 0) found(from, to);
    }
  }

  /** Length of the longest end of `raw` that may be its beginning and has an escape; 0 for nearly every answer. */
  atEnd(raw: string): number {
    const { length } = raw;
    const most = Math.min(length, this.longest);
    if (!raw.slice(length - most).includes('\\')) return 0;
    const { alphabet } = this.details;
    let run = 0;
    let escape = -1;
    for (; run < most; run++) {
      const byte = raw.charCodeAt(length - 1 - run);
      if (alphabet[byte] !== 1) break;
      if (byte === BACKSLASH && escape === -1) escape = length - 1 - run;
    }
    for (let from = length - run; from <= escape; from++)
      if (this.match(raw, from) === SO_FAR) return length - from;
    return 0;
  }

  /** Where the next escape begins that stands for a letter of the secret; -1 for nowhere. */
  private nextSign(raw: string, from: number): number {
    let at = raw.indexOf(this.sign, from);
    if (at === -1) return -1;
    const { codes } = this.details;
    // Where there is one there are many: each search costs more than a few steps.
    for (; at + ESCAPE_LENGTH <= raw.length; at++) {
      if (raw.charCodeAt(at) === BACKSLASH && codes.has(codeAt(raw, at))) return at;
    }
    return -1;
  }

  /** Made where an answer first asks for it, which few do: a pool may have ten thousand keys. */
  private get details(): Details {
    return (this.known ??= detailsOf(this.secret));
  }

  /** The end of the secret that begins here, or NO or SO_FAR. */
  private match(raw: string, from: number): number {
    let at = from;
    for (const spellings of this.details.letters) {
      at = matchOne(raw, at, spellings);
      if (at < 0) return at;
    }
    return at;
  }
}

function detailsOf(secret: string): Details {
  const letters = [...secret];
  const codes = new Set(letters.flatMap((letter) => unitsOf(letter)));
  const alphabet = new Uint8Array(256);
  const spellings = letters.map((letter) => spellingsOf(letter));
  const written = spellings.flat().map(({ bytes }) => bytes);
  for (const byte of Buffer.from('\\u0123456789abcdefABCDEF' + written.join(''), 'latin1'))
    alphabet[byte] = 1;
  return { letters: spellings, codes, alphabet };
}

/** The code unit of an escape; NaN where there is none. */
function codeAt(raw: string, at: number): number {
  if (raw.charCodeAt(at + 1) !== LOWER_U) return NaN;
  let code = 0;
  for (let i = 2; i < ESCAPE_LENGTH; i++) code = code * 16 + DIGITS[raw.charCodeAt(at + i)]!;
  return code;
}

function matchOne(raw: string, from: number, spellings: readonly Spelling[]): number {
  for (const { bytes, isEscape } of spellings) {
    let length = 0;
    while (length < bytes.length && isSame(raw.charCodeAt(from + length), bytes.charCodeAt(length), isEscape))
      length++;
    if (length === bytes.length) return from + length;
    if (from + length >= raw.length) return SO_FAR;
  }
  return NO;
}

/** The hex digits of an escape may be written in either case. */
function isSame(byte: number, wanted: number, isEscape: boolean): boolean {
  if (byte === wanted) return true;
  return isEscape && wanted >= LOWER_A && wanted <= LOWER_F && byte === wanted - LOWER;
}

function spellingsOf(letter: string): readonly Spelling[] {
  const escape = unitsOf(letter).map((code) => `\\u${code.toString(16).padStart(4, '0')}`);
  const bare = [{ bytes: asBytes(letter), isEscape: false }];
  const backslashed = BACKSLASHED.has(letter) ? [{ bytes: `\\${letter}`, isEscape: false }] : [];
  return [{ bytes: escape.join(''), isEscape: true }, ...backslashed, ...bare];
}

function asBytes(letter: string): string {
  return Buffer.from(letter).toString('latin1');
}

/** UTF-16 code units, of which JSON escapes each. */
function unitsOf(letter: string): number[] {
  return Array.from({ length: letter.length }, (_, at) => letter.charCodeAt(at));
}
