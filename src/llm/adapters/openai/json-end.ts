const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Tells when a JSON object or list that comes in pieces is whole, without parsing it. */
export class JsonEnd {
  private depth = 0;
  private quoted = false;
  private escaped = false;
  /** It began, and everything that was opened is closed. */
  whole = false;

  add(piece: string): void {
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i);
      if (this.quoted) this.inText(code);
      else if (code === QUOTE) this.quoted = true;
      else if (code === 0x7b || code === 0x5b) this.depth++;
      else if ((code === 0x7d || code === 0x5d) && --this.depth <= 0) this.whole = true;
    }
  }

  private inText(code: number): void {
    if (this.escaped) this.escaped = false;
    else if (code === BACKSLASH) this.escaped = true;
    else if (code === QUOTE) this.quoted = false;
  }
}
