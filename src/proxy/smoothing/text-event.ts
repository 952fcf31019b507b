import { evenPieces } from './graphemes.js';

/** An event whose text may come in pieces: `head`, a piece as a JSON string and `tail` make an event of the same shape. */
export interface TextEvent {
  readonly head: string;
  readonly text: string;
  readonly tail: string;
}

/** Finds the text in one server-sent event; undefined where it has none, or more than its text. */
export type FindText = (event: string) => TextEvent | undefined;

/** The event as several with at most `longest` graphemes of its text each; the very bytes that came where it is short. */
export function cutEvent(raw: Buffer, { head, text, tail }: TextEvent, longest: number): Buffer[] {
  const pieces = evenPieces(text, longest);
  if (pieces.length < 2) return [raw];
  return pieces.map((piece) => Buffer.from(head + JSON.stringify(piece) + tail));
}
