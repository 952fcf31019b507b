/** Longer texts are made anew: streams of large pieces would hold one each. */
const LONGEST = 32 * 1024;

/**
 * Bytes of one answer as a text, a letter for each byte: the fastest that there is to search, and what Node writes in
 * one piece with a head. The key's mask, the watch and the writing of a whole answer look at the same bytes one after
 * the other, so the text that was made last is remembered.
 */
export class Letters {
  private bytes: Buffer | undefined;
  private text = '';

  /** All of them. */
  of(bytes: Buffer): string {
    if (bytes === this.bytes) return this.text;
    const text = bytes.toString('latin1');
    const isKept = bytes.length <= LONGEST;
    this.bytes = isKept ? bytes : undefined;
    this.text = isKept ? text : '';
    return text;
  }

  /** The last so many of them. */
  lastOf(bytes: Buffer, count: number): string {
    const from = Math.max(0, bytes.length - count);
    return bytes === this.bytes ? this.text.slice(from) : bytes.toString('latin1', from);
  }
}
