import { expect } from 'vitest';
import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import { PLAIN_GETS } from './answers.ts';
import type { Cell, Heard } from './call.ts';
import { isAsked, type AnsweredFeature, type AskedFeature, type Outcome } from './feature.ts';
import { scriptOf } from './script.ts';

/** How what was asked arrived at the upstream. */
export function askedOutcome(feature: AskedFeature, spoken: Spoken, body: Json, heard: Heard): Outcome {
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

/** How what was answered arrived at the client. */
export function answerOutcome(
  feature: AskedFeature | AnsweredFeature,
  { caller }: Cell,
  answer: Json,
): Outcome {
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
