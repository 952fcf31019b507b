const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Strings shorter than this end before a native search would have begun. */
const SHORT = 48;

/**
 * Finds the closing quote of JSON strings in passing chunks. One object per document; it remembers where a
 * chunk ended inside an escape.
 */
export class StringSkipper {
  /** Whether the string that was skipped last holds a backslash; told only where `begin` was asked for it. */
  escaped = false;
  private watchful = false;
  /** The last byte of the chunk before was a backslash that escapes the first of the next. */
  private dangling = false;

  begin(watchful = false): void {
    this.escaped = false;
    this.watchful = watchful;
    this.dangling = false;
  }

  /** The index behind the closing quote, or -1 where the string goes on in the next chunk. */
  skip(chunk: Buffer, from: number): number {
    let i = from;
    if (this.dangling) {
      this.dangling = false;
      i++;
    }
    const near = Math.min(chunk.length, i + SHORT);
    while (i < near) {
      const byte = chunk[i];
      if (byte === QUOTE) return i + 1;
      if (byte === BACKSLASH) {
        this.escaped = true;
        i++;
      }
      i++;
    }
    if (i >= chunk.length) {
      this.dangling = i > chunk.length;
      return -1;
    }
    return this.skipFar(chunk, i);
  }

  /** `from` is not escaped. */
  private skipFar(chunk: Buffer, from: number): number {
    let start = from;
    for (;;) {
      const quote = chunk.indexOf(QUOTE, start);
      const end = quote === -1 ? chunk.length : quote;
      let run = 0;
      while (end - 1 - run >= start && chunk[end - 1 - run] === BACKSLASH) run++;
      if (this.watchful && chunk.subarray(start, end).includes(BACKSLASH)) this.escaped = true;
      if (quote === -1) {
        this.dangling = run % 2 === 1;
        return -1;
      }
      if (run % 2 === 0) return quote + 1;
      start = quote + 1;
    }
  }
}
