import { expect } from 'vitest';
import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { PLAIN_GETS } from './answers.ts';
import type { Bench } from './bench.ts';
import { call, type Cell, type Heard } from './call.ts';
import {
  isAsked,
  isOpenai,
  isProven,
  type AnsweredFeature,
  type AskedFeature,
  type Feature,
  type Finding,
  type Outcome,
} from './feature.ts';
import { FILES_AT } from './features/media.ts';
import { scriptOf } from './script.ts';
import { SDKS } from './sdks.ts';

/** What becomes of a feature in one cell of the matrix. */
export async function measure(bench: Bench, feature: Feature, cell: Cell): Promise<Finding> {
  if (isProven(feature)) return asFinding(await feature.run(bench, cell));
  return measureOne(bench, withFiles(feature, bench), cell);
}

async function measureOne(
  bench: Bench,
  feature: AskedFeature | AnsweredFeature,
  cell: Cell,
): Promise<Finding> {
  const said = feature.says?.[cell.caller.name];
  if (feature.says && !said) return { outcome: '–' };
  bench.upstream.next(feature.answers ? { answers: feature.answers } : {});
  const body = { ...cell.caller.plain, ...said };
  const heard = await call(bench, cell, body, {
    model: feature.models?.[isOpenai(cell.upstream) ? 'openai' : cell.upstream],
    betas: feature.betas,
  });
  if (heard.sent === '') return { outcome: lost(`the SDK sent nothing: ${String(heard.thrown)}`) };
  const unsaid = matching(JSON.parse(heard.sent), body);
  if (unsaid !== undefined) return { outcome: lost('the SDK sent something else', heard.sent, unsaid) };
  if (heard.status !== 200) return refusalOf(heard, cell, bench);
  return explained(outcomeOf(bench, feature, cell, heard), heard, feature);
}

/** With the address of the suite's own files. */
function withFiles<T extends AskedFeature | AnsweredFeature>(feature: T, { upstream }: Bench): T {
  const text = JSON.stringify(feature);
  return text.includes(FILES_AT) ? (JSON.parse(text.replaceAll(FILES_AT, upstream.url)) as T) : feature;
}

const asFinding = (found: Outcome | Finding): Finding =>
  typeof found === 'string' ? { outcome: found } : found;

function outcomeOf(bench: Bench, feature: AskedFeature | AnsweredFeature, cell: Cell, heard: Heard): Outcome {
  if (!heard.answer) return lost(`the SDK threw ${String(heard.thrown)}`, heard.text);
  const got = bench.upstream.received.at(-1);
  if (!got) return lost('nothing was sent', heard.text);
  if (!isAsked(feature) && !feature.answers[got.spoken]) return '–';
  if (got.spoken === cell.caller.name && (bench.upstream.sent !== heard.text || got.text !== heard.sent)) {
    return lost('bytes changed', got.text);
  }
  const answered = answerOutcome(feature, cell, heard.answer);
  if (!isAsked(feature) || answered !== 'kept') return answered;
  return got.spoken === cell.caller.name ? 'kept' : askedOutcome(feature, got.spoken, got.body, heard);
}

/** Why it is not as it was, in the words that the client reads or in the feature's own. */
function explained(outcome: Outcome, { headers }: Heard, { near }: AskedFeature | AnsweredFeature): Finding {
  if (outcome !== 'dropped' && outcome !== 'mapped') return { outcome };
  const warnings = (headers.get('x-keywheel-warning') ?? '').split(/, ?/).filter((word) => word !== '');
  const words = [...warnings.map((word) => `\`${word}\``), ...(outcome === 'mapped' && near ? [near] : [])];
  if (words.length === 0) return { outcome: lost(`${outcome}, and nothing says why`) };
  return { outcome, why: words.join(' · ') };
}

function refusalOf({ status, text, thrown }: Heard, { caller }: Cell, { upstream }: Bench): Finding {
  if (SDKS[caller.name].statusOf(thrown) !== status) {
    return { outcome: lost(`the SDK threw ${String(thrown)}`, text) };
  }
  const isOurs = status === 400 && text.includes('untranslatable') && upstream.received.length === 0;
  if (!isOurs) return { outcome: lost(`status ${status}`, text) };
  const { error } = JSON.parse(text) as { error: { message: string } };
  return { outcome: 'refused', why: error.message };
}

function askedOutcome(feature: AskedFeature, spoken: Spoken, body: Json, heard: Heard): Outcome {
  const script = scriptOf(spoken, body);
  const kept = [
    feature.script && matching(script, feature.script),
    feature.seen && (feature.seen[spoken] ? matching(body, feature.seen[spoken]) : 'has no word for it'),
  ].filter((fault) => fault !== undefined);
  if (kept.length === 0) return 'kept';
  const near = [
    feature.script && matching(script, feature.mappedScript?.[spoken] ?? feature.script),
    feature.seen &&
      matching(body, feature.mapped?.[spoken] ?? feature.seen[spoken] ?? { 'no word for it': true }),
  ].filter((fault) => fault !== undefined);
  if (near.length === 0 && (feature.mapped?.[spoken] ?? feature.mappedScript?.[spoken])) return 'mapped';
  if (/dropped:/.test(heard.headers.get('x-keywheel-warning') ?? '')) return 'dropped';
  return lost(...near, JSON.stringify(feature.script ? script : body));
}

function answerOutcome(feature: AskedFeature | AnsweredFeature, { caller }: Cell, answer: Json): Outcome {
  const gets = feature.gets ?? PLAIN_GETS;
  const [exact, near] = [gets[caller.name], isAsked(feature) ? undefined : feature.mappedGets?.[caller.name]];
  if (!exact && !near) return '–';
  const fault = exact ? matching(answer, exact) : 'has no word for it';
  if (fault === undefined) return 'kept';
  return near && matching(answer, near) === undefined ? 'mapped' : lost(fault, JSON.stringify(answer));
}

/** Undefined where all that is wanted is there. */
export function matching(actual: unknown, wanted: unknown): string | undefined {
  try {
    expect(actual).toMatchObject(wanted as object);
    return undefined;
  } catch {
    return `want ${JSON.stringify(wanted)}`;
  }
}

export function lost(...why: string[]): Outcome {
  return `LOST: ${why.join(' · ').slice(0, 1500)}`;
}
