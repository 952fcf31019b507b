/*
 * Google counts bytes of UTF-8, JavaScript units of UTF-16. An offset in the middle of a character counts as its
 * beginning, one behind the text as its end.
 */

/** Units before a number of bytes. */
export function charOffset(text: string, bytes: number): number {
  let passed = 0;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at)!;
    passed += bytesOf(code);
    if (passed > bytes) return at;
    at += code > 0xffff ? 2 : 1;
  }
  return text.length;
}

/** Bytes before a number of units. */
export function byteOffset(text: string, units: number): number {
  return Buffer.byteLength(text.slice(0, Math.max(0, units)));
}

function bytesOf(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
