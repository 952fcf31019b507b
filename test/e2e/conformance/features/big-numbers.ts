import type { Json, Spoken } from '../../../fakes/programmed-upstream/programmed-upstream.ts';
import type { Bench } from '../bench.ts';
import { call, type Cell, type Heard } from '../call.ts';
import type { Outcome, ProvenFeature } from '../feature.ts';
import { lost } from '../outcomes.ts';
import { toldCalls } from '../answers.ts';
import { round } from './tool-rounds.ts';

const group = 'Tools';
/** One more than the numbers of JavaScript can count to. */
const DIGITS = '9007199254740993';
/** Stands for the digits until the text is made, since no number can. */
const BIG = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(DIGITS);
const ARGUMENTS = `{"id":${DIGITS},"city":"Paris, the one in Texas, not in France"}`;

const CALLED = toldCalls([{ id: 'call_1', name: 'weather', args: { id: BIG, city: cityOf(ARGUMENTS) } }]);
const RESULT = `{"id":${DIGITS}}`;

function cityOf(text: string): string {
  return (JSON.parse(text) as { city: string }).city;
}

/** The same conversation, with the number among the arguments and in the result. */
function asked(spoken: Spoken): Json {
  const call = { id: 'call_a', name: 'weather', args: { id: BIG } };
  return round(undefined, [call], [{ id: 'call_a', name: 'weather', text: RESULT }])[spoken]!;
}

async function inArguments(bench: Bench, cell: Cell): Promise<Outcome> {
  bench.upstream.next({ answers: CALLED.answers });
  const heard = await call(bench, cell, cell.caller.plain);
  return told(heard, heard.text);
}

async function inRequests(bench: Bench, cell: Cell): Promise<Outcome> {
  bench.upstream.next();
  const heard = await call(bench, cell, { ...cell.caller.plain, ...asked(cell.caller.name) });
  if (heard.sent.split(DIGITS).length < 3) return lost('the SDK sent another number', heard.sent);
  const got = bench.upstream.received.at(-1)?.text ?? '';
  return got.split(DIGITS).length < 3 ? lost('the upstream got another number', got, heard.text) : 'kept';
}

function told({ answer, thrown }: Heard, text: string): Outcome {
  if (!answer) return lost(`the SDK threw ${String(thrown)}`, text);
  return text.includes(DIGITS) ? 'kept' : lost('another number', text);
}

export const BIG_NUMBERS: readonly ProvenFeature[] = [
  { group, name: 'integers beyond 2^53 in arguments that are answered', run: inArguments },
  { group, name: 'integers beyond 2^53 in arguments and results that go back', run: inRequests },
];
