/** The bytes [start, end) of a body in chunks; copied only where they cross from one chunk to the next. */
export function sliceOf(chunks: readonly Buffer[], start: number, end: number): Buffer {
  // Most bodies are one chunk.
  if (chunks.length === 1) return (chunks[0] as Buffer).subarray(start, end);
  const parts = partsOf(chunks, start, end);
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** The same as text; that of a body of one chunk is read in place. */
export function textOf(chunks: readonly Buffer[], start: number, end: number): string {
  if (chunks.length === 1) return (chunks[0] as Buffer).toString('utf8', start, end);
  return sliceOf(chunks, start, end).toString();
}

/** The same as a list of views, nothing copied. */
export function partsOf(chunks: readonly Buffer[], start: number, end: number): Buffer[] {
  const parts: Buffer[] = [];
  let base = 0;
  for (const chunk of chunks) {
    if (base >= end) break;
    const next = base + chunk.length;
    if (next > start && start < end) {
      parts.push(chunk.subarray(Math.max(0, start - base), Math.min(chunk.length, end - base)));
    }
    base = next;
  }
  return parts;
}
