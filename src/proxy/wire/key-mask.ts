import type { Secret } from '../../kernel/secret.js';
import type { EscapedKey } from './escaped-key.js';
import { formsOf, type KeyForms } from './key-forms.js';

const EMPTY = Buffer.alloc(0);
const STAR = 0x2a;

/**
 * Hides an upstream's key in one answer: as it is, percent-encoded, JSON-escaped in any way or in base64, each
 * found place becomes as many `*`, so that lengths stay true. One object per answer: it remembers the end of the
 * last chunk where that may be the beginning of the key. Secrets under 8 characters are hidden in texts
 * (headers, error messages) only, since bodies hold such a run by chance; under 4, nowhere.
 */
export class KeyMask {
  private readonly forms: KeyForms;
  /** The end of the last chunk, as it came and as it will go out; the same object where nothing is hidden. */
  private heldRaw: Buffer = EMPTY;
  private heldOut: Buffer = EMPTY;

  /** Prefer the Secret object over its text: what it looks like in its encodings is then worked out only once. */
  constructor(secret: Secret | string) {
    this.forms = formsOf(secret);
  }

  text(value: string): string {
    if (value.length < this.forms.shortest) return value;
    let hidden = value;
    for (const form of this.forms.texts) {
      if (hidden.includes(form)) hidden = hidden.replaceAll(form, '*'.repeat(form.length));
    }
    return hidden.includes('\\u') ? this.withoutEscaped(hidden) : hidden;
  }

  /** What may go out now. The very same Buffer where nothing is found and nothing held back. */
  chunk(bytes: Buffer): Buffer {
    if (this.forms.bytes.length === 0 || bytes.length === 0) return bytes;
    let raw = bytes;
    let out = bytes;
    if (this.heldRaw.length > 0) {
      raw = Buffer.concat([this.heldRaw, bytes]);
      out = this.heldOut === this.heldRaw ? raw : Buffer.concat([this.heldOut, bytes]);
    }
    out = this.hide(raw, out);
    const end = raw.length - this.beginningAtEnd(raw);
    if (end === raw.length) {
      this.heldRaw = this.heldOut = EMPTY;
      return out;
    }
    this.heldRaw = raw.subarray(end);
    this.heldOut = out === raw ? this.heldRaw : out.subarray(end);
    return out.subarray(0, end);
  }

  /** What was held back; to be asked for once, at the end of the answer. */
  flush(): Buffer {
    const rest = this.heldOut;
    this.heldRaw = this.heldOut = EMPTY;
    return rest;
  }

  private withoutEscaped(text: string): string {
    const raw = Buffer.from(text);
    const out = this.hide(raw, raw);
    return out === raw ? text : out.toString('utf8');
  }

  private hide(raw: Buffer, before: Buffer): Buffer {
    let out = before;
    for (const form of this.forms.bytes) {
      for (let at = raw.indexOf(form); at !== -1; at = raw.indexOf(form, at + 1)) {
        if (out === raw) out = Buffer.from(raw);
        out.fill(STAR, at, at + form.length);
      }
    }
    const { escaped } = this.forms;
    const sign = escaped ? escaped.firstSign(raw) : -1;
    return sign === -1 ? out : hideEscaped(escaped!, sign, raw, out);
  }

  /** Length of the longest end of `raw` that is the beginning of some form, but not all of it. */
  private beginningAtEnd(raw: Buffer): number {
    return Math.max(this.formAtEnd(raw), this.forms.escaped?.atEnd(raw) ?? 0);
  }

  private formAtEnd(raw: Buffer): number {
    const { bytes, alphabet } = this.forms;
    const longest = Math.min(raw.length, (bytes[0] as Buffer).length - 1);
    let run = 0;
    while (run < longest && alphabet[raw[raw.length - 1 - run] as number] === 1) run++;
    for (let length = run; length > 0; length--) {
      if (bytes.some((form) => length < form.length && endsWith(raw, form, length))) return length;
    }
    return 0;
  }
}

function hideEscaped(key: EscapedKey, sign: number, raw: Buffer, before: Buffer): Buffer {
  let out = before;
  key.eachFrom(sign, raw, (from, to) => {
    if (out === raw) out = Buffer.from(raw);
    out.fill(STAR, from, to);
  });
  return out;
}

/** Whether the last `length` bytes of `raw` are the first of `form`. */
function endsWith(raw: Buffer, form: Buffer, length: number): boolean {
  const from = raw.length - length;
  for (let i = 0; i < length; i++) if (raw[from + i] !== form[i]) return false;
  return true;
}
