import type { Caller } from './callers.ts';
import type { Cell } from './call.ts';
import type { Finding, UpstreamName } from './feature.ts';

/** How outcomes are written down; what is no outcome stays as it is. */
const LETTERS: Readonly<Record<string, string>> = {
  kept: 'k',
  mapped: 'm',
  dropped: 'd',
  refused: 'r',
  '–': '-',
};

export interface Row {
  /**
   * A word for each caller, in it a letter for each upstream, in the order of the lists; `k/r` where a stream fares
   * otherwise than an answer in one piece. A `+` ends the word of a caller whose provider in Vercel's AI SDK says it
   * too.
   */
  readonly line: string;
  /** Words that say why cells are not kept, and the cells: `caller>upstream caller>upstream`. */
  readonly why: Readonly<Record<string, string>>;
}

/** What becomes of a feature everywhere. */
export async function rowOf(
  callers: readonly Caller[],
  upstreams: readonly UpstreamName[],
  find: (cell: Cell) => Promise<Finding>,
  streamOnly: boolean,
): Promise<Row> {
  const rows = await Promise.all(callers.map((caller) => ofCaller(caller, upstreams, find, streamOnly)));
  const why: Record<string, string> = {};
  for (const { told } of rows) {
    for (const [words, where] of told)
      why[words] = why[words] === undefined ? where : `${why[words]} ${where}`;
  }
  return { line: rows.map(({ word }) => word).join(' '), why };
}

/** One caller's word, and why cells of it are not kept. */
async function ofCaller(
  caller: Caller,
  upstreams: readonly UpstreamName[],
  find: (cell: Cell) => Promise<Finding>,
  streamOnly: boolean,
): Promise<{ readonly word: string; readonly told: readonly (readonly [string, string])[] }> {
  const told: [string, string][] = [];
  let word = '';
  let ai = false;
  for (const upstream of upstreams) {
    const where = `${caller.name}>${upstream}`;
    const streamed = await find({ caller, upstream, stream: true });
    const whole = streamOnly ? streamed : await find({ caller, upstream, stream: false });
    word += lettersOf(whole, streamed, where);
    ai ||= whole.ai === true || streamed.ai === true;
    const words = whole.why ?? streamed.why;
    if (words !== undefined) told.push([words, where]);
  }
  return { word: ai ? `${word}+` : word, told };
}

function lettersOf(whole: Finding, streamed: Finding, where: string): string {
  return whole.outcome === streamed.outcome
    ? letter(whole.outcome, where)
    : `${letter(whole.outcome, where)}/${letter(streamed.outcome, `${where} stream`)}`;
}

function letter(outcome: string, where: string): string {
  return LETTERS[outcome] ?? `\n${where} ${outcome}\n`;
}
