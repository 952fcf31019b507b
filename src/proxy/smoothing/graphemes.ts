const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
/** One grapheme each: without carriage returns, since CR LF is one of two. */
const PLAIN = /^[\n\x20-\x7e]*$/;

/** Where graphemes begin, as indices into the text. */
function startsOf(text: string): number[] {
  return Array.from(segmenter.segment(text), ({ index }) => index);
}

/** What a reader takes for one character each: an emoji with its skin tone counts once. */
export function countGraphemes(text: string): number {
  return PLAIN.test(text) ? text.length : startsOf(text).length;
}

/** The text in pieces that differ by one grapheme at most, none longer than `longest`; a grapheme is never cut. */
export function evenPieces(text: string, longest: number): string[] {
  const starts = PLAIN.test(text) ? undefined : startsOf(text);
  const total = starts?.length ?? text.length;
  const count = Math.max(1, Math.ceil(total / longest));
  if (count === 1) return [text];
  const at = (index: number): number => {
    const grapheme = Math.round((index * total) / count);
    return starts ? (starts[grapheme] ?? text.length) : grapheme;
  };
  return Array.from({ length: count }, (_, index) => text.slice(at(index), at(index + 1)));
}
