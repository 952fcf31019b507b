import { framesOf } from '../../fakes/programmed-upstream/frames.ts';
import {
  PLAIN_ANSWERS,
  type Json,
  type Spoken,
} from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { CALLERS } from '../../e2e/conformance/callers.ts';
import { FEATURES } from '../../e2e/conformance/features.ts';

export const DIALECTS: readonly Spoken[] = ['chat', 'responses', 'anthropic', 'gemini'];

/** Good requests of a dialect: all that the conformance table is made of. */
export function requestsOf(dialect: Spoken): Json[] {
  const { plain } = CALLERS.find(({ name }) => name === dialect)!;
  const said = FEATURES.flatMap((feature) => {
    const fields = 'says' in feature ? feature.says?.[dialect] : undefined;
    return fields ? [{ ...plain, ...fields }] : [];
  });
  return [plain, ...said].map((body) => ({ ...body, model: 'a-model' }));
}

/** Good answers of a dialect, in one piece. */
export function answersOf(dialect: Spoken): Json[] {
  const told = FEATURES.flatMap((feature) =>
    'answers' in feature && feature.answers?.[dialect] ? [feature.answers[dialect]] : [],
  );
  return [PLAIN_ANSWERS[dialect], ...told];
}

/** Good streams of a dialect, event by event. */
export function streamsOf(dialect: Spoken): string[][] {
  return answersOf(dialect).map((whole) => {
    const { begin, end } = framesOf(dialect, whole, { stream_options: { include_usage: true } });
    return [...begin, ...end];
  });
}

/** Names of fields that appear anywhere in the values. */
export function namesIn(values: readonly unknown[]): string[] {
  const names = new Set<string>();
  JSON.stringify(values, (name, value: unknown) => {
    if (name !== '' && Number.isNaN(Number(name))) names.add(name);
    return value;
  });
  return [...names];
}
