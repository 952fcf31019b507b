/** Longer than any provider's key, with room. */
export const LONGEST_KEY = 4096;

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;

const CONTROL = /[\x00-\x1f\x7f-\x9f]/;

/**
 * Why a trimmed text cannot be a key; undefined where it can. A key goes into a header or a query, so what
 * could end or split these is refused. The answer never repeats the text.
 */
export function keyFault(text: string): string | undefined {
  if (text.length === 0) return 'is empty';
  if (text.length > LONGEST_KEY) return `has more than ${LONGEST_KEY} characters`;
  if (VISIBLE_ASCII.test(text)) return undefined;
  if (/[ \t]/.test(text)) return 'holds a blank: one key a line';
  return CONTROL.test(text) ? 'holds a control character' : 'holds a character outside ASCII';
}
