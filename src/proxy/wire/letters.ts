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
    if (bytes !== this.bytes) {
      this.text = bytes.toString('latin1');
      this.bytes = bytes;
    }
    return this.text;
  }

  /** The last so many of them. */
  lastOf(bytes: Buffer, count: number): string {
    const from = Math.max(0, bytes.length - count);
    return bytes === this.bytes ? this.text.slice(from) : bytes.toString('latin1', from);
  }
}
