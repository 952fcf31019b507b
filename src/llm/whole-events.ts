const NEWLINE = '\n';
const LF = NEWLINE.charCodeAt(0);
const CR = '\r'.charCodeAt(0);

/** Places in a piece of an event stream between which there are whole events alone. */
export interface WholeEvents {
  readonly from: number;
  readonly to: number;
}

/**
 * Where the events begin and end that lie in this piece as a whole and before a place in it; undefined where there are
 * none. A blank line ends an event, wherever it stands: data has no line breaks of its own.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * @param isFresh the piece begins with a new event
 */
export function wholeEvents(text: string, isFresh: boolean, before: number): WholeEvents | undefined {
  const to = lastEnd(text, before);
  const from = isFresh ? 0 : firstEnd(text);
  return to > from ? { from, to } : undefined;
}

/** Whether the piece ends with the blank line behind an event; false where a cut in that line hides it. */
export function endsEvent(text: string): boolean {
  return text.charCodeAt(text.length - 1) === LF && isBlank(text, text.length - 1);
}

/** Index behind the first blank line; -1 where there is none. */
export function firstEnd(text: string): number {
  let at = text.indexOf(NEWLINE);
  while (at !== -1 && !isBlank(text, at)) at = text.indexOf(NEWLINE, at + 1);
  return at === -1 ? -1 : at + 1;
}

/** Index behind the last blank line that ends at a place or before it; -1 where there is none. */
function lastEnd(text: string, before: number): number {
  let at = text.lastIndexOf(NEWLINE, before);
  while (at > 0 && !isBlank(text, at)) at = text.lastIndexOf(NEWLINE, at - 1);
  return at > 0 ? at + 1 : -1;
}

/** Whether there is nothing in the line that ends here; of one that began in an earlier piece that is not known. */
function isBlank(text: string, newline: number): boolean {
  const before = text.charCodeAt(newline - 1);
  return before === LF || (before === CR && text.charCodeAt(newline - 2) === LF);
}
