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
    const { length } = chunk;
    let i = from;
    if (this.dangling) {
      this.dangling = false;
      i++;
    }
    while (i < length) {
      const near = Math.min(length, i + SHORT);
      while (i < near) {
        const byte = chunk[i];
        if (byte === QUOTE) return i + 1;
        if (byte === BACKSLASH) {
          this.escaped = true;
          i++;
        }
        i++;
      }
      if (i < length) i = this.skipFar(chunk, i);
      if (i < 0) return -i;
    }
    this.dangling = i > length;
    return -1;
  }

  /**
   * Searches from `from`, which is not escaped, to the next quote. Answers the index behind it, negative, where it
   * closes the string; else where to go on: where one quote is escaped, others are near.
   */
  private skipFar(chunk: Buffer, from: number): number {
    const quote = chunk.indexOf(QUOTE, from);
    const end = quote === -1 ? chunk.length : quote;
    let run = 0;
    while (end - 1 - run >= from && chunk[end - 1 - run] === BACKSLASH) run++;
    if (this.watchful && chunk.subarray(from, end).includes(BACKSLASH)) this.escaped = true;
    if (quote === -1) return end + (run % 2);
    return run % 2 === 0 ? -(quote + 1) : quote + 1;
  }
}
