import { StringDecoder } from 'node:string_decoder';
import { LONGEST_KEY } from './key-text.js';

export interface Line {
  /** From 1. */
  readonly line: number;
  /** Trimmed; cut a little above the longest key, so that an endless line costs no memory. */
  readonly text: string;
}

const KEPT = LONGEST_KEY * 2;

/** Cuts a text that arrives in pieces into trimmed lines, skipping blank lines and `#` comments. */
export async function* keyLines(pieces: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const decoder = new StringDecoder('utf8');
  let line = 1;
  let rest = '';
  for await (const piece of pieces) {
    const parts = decoder.write(piece).split('\n');
    parts[0] = rest + parts[0];
    rest = (parts.pop() ?? '').slice(0, KEPT);
    for (const part of parts) {
      const text = textOf(part);
      if (text !== '') yield { line, text };
      line++;
    }
  }
  const last = textOf(rest + decoder.end());
  if (last !== '') yield { line, text: last };
}

function textOf(line: string): string {
  const text = line.slice(0, KEPT).trim();
  return text.startsWith('#') ? '' : text;
}
