import type { Secret } from '../../kernel/secret.js';
import { formsOf, type KeyForms } from './key-forms.js';
import { Letters } from './letters.js';

const EMPTY = Buffer.alloc(0);
const STAR = 0x2a;
const ESCAPE = '\\u';
const ENDS: ReadonlySet<number> = new Set(Buffer.from('}]\n'));

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

  /**
   * Prefer the Secret object over its text: what it looks like in its encodings is then worked out only once.
   * @param letters of the answer
   */
  constructor(
    secret: Secret | string,
    private readonly letters = new Letters(),
  ) {
    this.forms = formsOf(secret);
  }

  text(value: string): string {
    if (value.length < this.forms.shortest) return value;
    let hidden = value;
    for (const form of this.forms.texts) {
      if (hidden.includes(form)) hidden = hidden.replaceAll(form, '*'.repeat(form.length));
    }
    return hidden.includes(ESCAPE) ? this.withoutEscaped(hidden) : hidden;
  }

  /** What may go out now. The very same Buffer where nothing is found and nothing held back. */
  chunk(bytes: Buffer): Buffer {
    if (!this.forms.escaped || bytes.length === 0) return bytes;
    let raw = bytes;
    let out = bytes;
    if (this.heldRaw.length > 0) {
      raw = Buffer.concat([this.heldRaw, bytes]);
      out = this.heldOut === this.heldRaw ? raw : Buffer.concat([this.heldOut, bytes]);
    }
    const text = this.letters.of(raw);
    out = this.hide(raw, text, out);
    const end = raw.length - this.beginningAtEnd(text);
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
    const out = this.hide(raw, raw.toString('latin1'), raw);
    return out === raw ? text : out.toString('utf8');
  }

  /** @param text a letter for each byte of `raw`: one copy, in which each form is found faster than in bytes */
  private hide(raw: Buffer, text: string, before: Buffer): Buffer {
    let out = before;
    const { needles, escaped } = this.forms;
    for (let i = 0; i < needles.length; i++) {
      if (!text.includes(needles[i]!)) continue;
      const form = this.forms.bytes[i]!;
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
        if (out === raw) out = Buffer.from(raw);
        out.fill(STAR, at, at + form.length);
      }
    }
    // Asked of the text first: what a key has is far away where there are thousands of them.
    const sign = escaped && text.includes(ESCAPE) ? escaped.firstSign(text) : -1;
    if (sign === -1) return out;
    escaped!.eachFrom(sign, text, (from, to) => {
      if (out === raw) out = Buffer.from(raw);
      out.fill(STAR, from, to);
    });
    return out;
  }

  /** Length of the longest end of `raw` that is the beginning of some form, but not all of it. */
  private beginningAtEnd(raw: string): number {
    const { mayEndAnswers, escaped } = this.forms;
    if (!mayEndAnswers && ENDS.has(raw.charCodeAt(raw.length - 1))) return 0;
    return Math.max(this.formAtEnd(raw), escaped?.atEnd(raw) ?? 0);
  }

  private formAtEnd(raw: string): number {
    let longest = 0;
    for (const form of this.forms.bytes) longest = Math.max(longest, beginsAtEnd(form, raw));
    return longest;
  }
}

/** Length of the longest end of `raw` that is the beginning of `form`, but not all of it. */
function beginsAtEnd(form: string, raw: string): number {
  const end = raw.slice(Math.max(0, raw.length - form.length + 1));
  const first = form[0]!;
  for (let at = end.indexOf(first); at !== -1; at = end.indexOf(first, at + 1))
    if (form.startsWith(end.slice(at))) return end.length - at;
  return 0;
}
