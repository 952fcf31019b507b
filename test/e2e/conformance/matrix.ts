import type { Caller } from './callers.ts';
import type { UpstreamName } from './feature.ts';
import type { Cell } from './measure.ts';

/** How outcomes are written down; what is no outcome stays as it is. */
const LETTERS: Readonly<Record<string, string>> = {
  kept: 'k',
  mapped: 'm',
  dropped: 'd',
  refused: 'r',
  '–': '-',
};

/**
 * Outcomes of a feature in one line: a word for each caller, in it a letter for each upstream, in the order of the
 * lists; `k/r` where a stream fares otherwise than an answer in one piece.
 */
export async function lineOf(
  callers: readonly Caller[],
  upstreams: readonly UpstreamName[],
  outcome: (cell: Cell) => Promise<string>,
  streamOnly: boolean,
): Promise<string> {
  const words: string[] = [];
  for (const caller of callers) {
    let word = '';
    for (const upstream of upstreams) {
      const streamed = await outcome({ caller, upstream, stream: true });
      const whole = streamOnly ? streamed : await outcome({ caller, upstream, stream: false });
      const where = `${caller.name}>${upstream}`;
      word +=
        whole === streamed
          ? letter(whole, where)
          : `${letter(whole, where)}/${letter(streamed, `${where} stream`)}`;
    }
    words.push(word);
  }
  return words.join(' ');
}

function letter(outcome: string, where: string): string {
  return LETTERS[outcome] ?? `\n${where} ${outcome}\n`;
}
