/** The bytes [start, end) of a body in chunks; copied only where they cross from one chunk to the next. */
export function sliceOf(chunks: readonly Buffer[], start: number, end: number): Buffer {
  const parts = partsOf(chunks, start, end);
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
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
