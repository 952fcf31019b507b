const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BREAKS = ['\n\n', '\r\n\r\n'] as const;

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
export function wholeEvents(chunk: Buffer, isFresh: boolean, before: number): WholeEvents | undefined {
  for (const lineBreak of BREAKS) {
    const last = chunk.lastIndexOf(lineBreak, before);
    if (last === -1) continue;
    const from = isFresh ? 0 : chunk.indexOf(lineBreak) + lineBreak.length;
    const to = last + lineBreak.length;
    return to > from ? { from, to } : undefined;
  }
  return undefined;
}

/** Whether the piece ends with the blank line behind an event; false where a cut in that line hides it. */
export function endsEvent(chunk: Buffer): boolean {
  const { length } = chunk;
  if (chunk[length - 1] !== NEWLINE) return false;
  return chunk[length - 2] === NEWLINE || (chunk[length - 3] === NEWLINE && chunk[length - 2] === RETURN);
}

/** Index behind the first blank line; -1 where there is none. */
export function firstEnd(chunk: Buffer): number {
  for (const lineBreak of BREAKS) {
    const first = chunk.indexOf(lineBreak);
    if (first !== -1) return first + lineBreak.length;
  }
  return -1;
}
