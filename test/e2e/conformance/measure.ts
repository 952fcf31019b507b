import { measureAi } from './ai-measure.ts';
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
import { answerOutcome, askedOutcome, lost, matching } from './outcomes.ts';
import { SDKS } from './sdks.ts';

/** What becomes of a feature in one cell of the matrix. */
export async function measure(bench: Bench, feature: Feature, cell: Cell): Promise<Finding> {
  if (isProven(feature)) return asFinding(await feature.run(bench, cell));
  const placed = withFiles(feature, bench);
  const found = await measureOne(bench, placed, cell);
  if (found.outcome.startsWith('LOST')) return found;
  const { spoke, fault } = await measureAi(bench, placed, cell, found.outcome);
  return fault === undefined ? { ...found, ai: spoke } : { outcome: lost(`through the AI SDK: ${fault}`) };
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
