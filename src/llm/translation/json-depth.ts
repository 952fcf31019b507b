import { KeywheelError } from '../../kernel/errors.js';

/** Deeper than any real body; what walks a tree by recursion is safe far beyond it. */
const DEEPEST = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Refuses JSON that is nested too deep, by its brackets alone, before it is parsed. @throws KeywheelError bad_body
 */
export function assertDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > DEEPEST)
        throw new KeywheelError('bad_body', `The body is nested deeper than ${DEEPEST}.`);
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
}

/** Index of the closing quote; the text's end where there is none. */
function endOfString(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}
