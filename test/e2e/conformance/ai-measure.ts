import type { Json } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { aiStatusOf, askAi, type AiAsk } from './ai-sdk.ts';
import { aiWordsOf } from './ai-words.ts';
import { MODELS, type Bench } from './bench.ts';
import type { Cell, Heard } from './call.ts';
import { isAsked, isOpenai, type AnsweredFeature, type AskedFeature, type Outcome } from './feature.ts';
import { askedOutcome, matching } from './outcomes.ts';
import { Wire } from './wire.ts';

/** How a cell fares through Vercel's AI SDK: whether it has words for it, and what is otherwise than found. */
export interface AiFinding {
  readonly spoke: boolean;
  readonly fault?: string;
}

const SILENT: AiFinding = { spoke: false };

/** The same cell once more, through the provider of the AI SDK for the caller's protocol. */
export async function measureAi(
  bench: Bench,
  feature: AskedFeature | AnsweredFeature,
  cell: Cell,
  found: Outcome,
): Promise<AiFinding> {
  const words = aiWordsOf(`${feature.group}: ${feature.name}`, cell.caller.name);
  if (!words || found === '–') return SILENT;
  bench.upstream.next(feature.answers ? { answers: feature.answers } : {});
  const model = feature.models?.[isOpenai(cell.upstream) ? 'openai' : cell.upstream];
  const heard = await callAi(bench, cell, words.says, { model });
  if (isUnsaid(heard.answer)) return SILENT;
  const fault = faultOf(bench, feature, cell, { found, heard, shows: words.shows });
  return { spoke: true, ...(fault !== undefined && { fault }) };
}

export interface AiCall {
  readonly model?: string | undefined;
  readonly slug?: string;
  /** Before each of its requests. */
  readonly before?: () => void;
}

/** One call through the AI SDK, which may be several requests; the last of them is heard. */
export async function callAi(bench: Bench, cell: Cell, says: AiAsk, asked: AiCall = {}): Promise<Heard> {
  const { model = MODELS[cell.upstream], slug = bench.slugOf(cell.upstream), before } = asked;
  const wire = new Wire();
  const listening: typeof fetch = (...request) => {
    before?.();
    return wire.fetch(...request);
  };
  const line = { url: bench.gateway.url, token: bench.token, path: `/llm/${slug}`, fetch: listening };
  const asking = askAi(line, cell.caller.name, { model, stream: cell.stream }, says);
  const [given] = await Promise.allSettled([asking]);
  return {
    ...(await wire.heard()),
    ...(given.status === 'fulfilled' ? { answer: given.value } : { thrown: given.reason as unknown }),
  };
}

/** What its provider cannot say, it leaves out with a warning. */
const isUnsaid = (answer: Json | undefined) =>
  ((answer?.warnings as Json[] | undefined) ?? []).some(({ type }) => type === 'unsupported');

function faultOf(
  { upstream }: Bench,
  feature: AskedFeature | AnsweredFeature,
  { caller }: Cell,
  { found, heard, shows }: { readonly found: Outcome; readonly heard: Heard; readonly shows: Json },
): string | undefined {
  const { answer, thrown, text, status } = heard;
  if (found === 'refused') return aiStatusOf(thrown) === 400 ? undefined : `status ${status}: ${text}`;
  const got = upstream.received.at(-1);
  if (!answer || !got) return `it threw ${String(thrown)}: ${text}`;
  const shown = matching(answer, shows);
  if (shown !== undefined) return `${shown}, and it shows ${JSON.stringify(answer)}`;
  const isPassed = got.spoken === caller.name;
  if (isPassed && got.text !== heard.sent) return `bytes changed: ${got.text}`;
  // What is passed on as it came is in the SDK's own words.
  if (!isAsked(feature) || isPassed) return undefined;
  const outcome = askedOutcome(feature, got.spoken, got.body, heard);
  return outcome === found ? undefined : `${outcome}, not ${found}`;
}
