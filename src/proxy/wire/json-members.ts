import { StringSkipper } from './json-strings.js';

/** A top-level member of a JSON object, by its places in the whole body. Ends are exclusive. */
export interface Member {
  /** With its quotes. */
  readonly keyStart: number;
  readonly keyEnd: number;
  /** The key's text holds escapes. */
  readonly keyEscaped: boolean;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Where the reader stands at the top level. */
const enum At {
  Start,
  FirstKey,
  Key,
  Colon,
  Value,
  AfterValue,
  Done,
  /** Inside a key, a string value, a number or word, an array or object. */
  InKey,
  InString,
  InScalar,
  InNested,
  InNestedString,
  Broken,
}

/** What a byte is outside of strings. */
const enum Kind {
  Foreign,
  Space,
  Scalar,
  Quote,
  Open,
  Close,
  Colon,
  Comma,
}

const KINDS = new Uint8Array(256);
for (const [kind, bytes] of [
  [Kind.Space, ' \t\n\r'],
  [Kind.Scalar, '+-.0123456789truefalsnE'],
  [Kind.Quote, '"'],
  [Kind.Open, '{['],
  [Kind.Close, '}]'],
  [Kind.Colon, ':'],
  [Kind.Comma, ','],
] as const) {
  for (const char of bytes) KINDS[char.charCodeAt(0)] = kind;
}

const BRACE = 0x7b;
const BOM = [0xef, 0xbb, 0xbf] as const;

/**
 * Reads the top level of a JSON object from passing chunks without parsing what is inside: nested values are
 * skipped by their brackets, strings by their closing quote. It knows every valid document; of invalid ones
 * it finds what breaks the top level, the nesting, or uses a character that JSON has not outside of strings.
 */
export class MemberReader {
  /** Place behind the opening brace; -1 before it was seen. */
  opened = -1;
  /** Members seen so far. */
  count = 0;
  private at = At.Start;
  private base = 0;
  private readonly strings = new StringSkipper();
  /** The open brackets below the top level: true for `{`. */
  private readonly nesting: boolean[] = [];
  private keyStart = 0;
  private keyEnd = 0;
  private keyEscaped = false;
  private valueStart = 0;
  /** Bytes of a byte order mark: 0 is none, 3 is all of it. */
  private bomSeen = 0;

  constructor(private readonly onMember: (member: Member) => void) {}

  /** The document was read to its end, and nothing in it was broken. */
  get complete(): boolean {
    return this.at === At.Done;
  }

  get broken(): boolean {
    return this.at === At.Broken;
  }

  feed(chunk: Buffer): void {
    let i = 0;
    while (i < chunk.length && this.at !== At.Broken) i = this.step(chunk, i);
    this.base += chunk.length;
  }

  /** Reads one thing at `i` and answers where the next one begins. */
  private step(chunk: Buffer, i: number): number {
    switch (this.at) {
      case At.InKey:
      case At.InString:
      case At.InNestedString:
        return this.string(chunk, i);
      case At.InNested:
        return this.nested(chunk, i);
      case At.InScalar:
        return this.scalar(chunk, i);
      default:
        if (KINDS[chunk[i] as number] === Kind.Space && this.bomSeen % 3 === 0) return i + 1;
        this.structure(chunk[i] as number, this.base + i);
        return i + 1;
    }
  }

  /** A byte between keys and values at the top level. */
  private structure(byte: number, place: number): void {
    const kind = KINDS[byte];
    switch (this.at) {
      case At.Start:
        return this.start(byte, place);
      case At.FirstKey:
        if (byte === 0x7d) return this.go(At.Done);
        return kind === Kind.Quote ? this.key(place) : this.go(At.Broken);
      case At.Key:
        return kind === Kind.Quote ? this.key(place) : this.go(At.Broken);
      case At.Colon:
        return this.go(kind === Kind.Colon ? At.Value : At.Broken);
      case At.Value:
        return this.value(kind, byte, place);
      case At.AfterValue:
        if (kind === Kind.Comma) return this.go(At.Key);
        return this.go(byte === 0x7d ? At.Done : At.Broken);
      default:
        return this.go(At.Broken);
    }
  }

  private go(at: At): void {
    this.at = at;
  }

  /** The opening brace; a byte order mark before it is let pass, as most servers do. */
  private start(byte: number, place: number): void {
    if (byte === BRACE && this.bomSeen % 3 === 0) {
      this.opened = place + 1;
      return this.go(At.FirstKey);
    }
    if (place === this.bomSeen && byte === BOM[this.bomSeen]) this.bomSeen++;
    else this.go(At.Broken);
  }

  private key(place: number): void {
    this.keyStart = place;
    this.strings.begin(true);
    this.go(At.InKey);
  }

  private value(kind: number | undefined, byte: number, place: number): void {
    this.valueStart = place;
    if (kind === Kind.Quote) {
      this.strings.begin();
      return this.go(At.InString);
    }
    if (kind === Kind.Open) {
      this.nesting.push(byte === BRACE);
      return this.go(At.InNested);
    }
    this.go(kind === Kind.Scalar ? At.InScalar : At.Broken);
  }

  private string(chunk: Buffer, i: number): number {
    const end = this.strings.skip(chunk, i);
    if (end === -1) return chunk.length;
    if (this.at === At.InKey) {
      this.keyEnd = this.base + end;
      this.keyEscaped = this.strings.escaped;
      this.go(At.Colon);
    } else if (this.at === At.InString) this.member(this.base + end);
    else this.go(At.InNested);
    return end;
  }

  private scalar(chunk: Buffer, from: number): number {
    let i = from;
    while (i < chunk.length && KINDS[chunk[i] as number] === Kind.Scalar) i++;
    if (i < chunk.length) this.member(this.base + i);
    return i;
  }

  private nested(chunk: Buffer, from: number): number {
    for (let i = from; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      const kind = KINDS[byte];
      if (kind === Kind.Quote) {
        this.strings.begin();
        const end = this.strings.skip(chunk, i + 1);
        if (end === -1) {
          this.go(At.InNestedString);
          return chunk.length;
        }
        i = end - 1;
      } else if (kind === Kind.Open) this.nesting.push(byte === BRACE);
      else if (kind === Kind.Close) {
        // `}` is two behind `{`, and so is `]` behind `[`.
        if (this.nesting.pop() !== (byte === 0x7d)) return this.stop(chunk);
        if (this.nesting.length === 0) {
          this.member(this.base + i + 1);
          return i + 1;
        }
      } else if (kind === Kind.Foreign) return this.stop(chunk);
    }
    return chunk.length;
  }

  private stop(chunk: Buffer): number {
    this.go(At.Broken);
    return chunk.length;
  }

  private member(valueEnd: number): void {
    this.count++;
    this.go(At.AfterValue);
    const { keyStart, keyEnd, keyEscaped, valueStart } = this;
    this.onMember({ keyStart, keyEnd, keyEscaped, valueStart, valueEnd });
  }
}
