import type { Json, Spoken } from '../../fakes/programmed-upstream/programmed-upstream.ts';
import type { Bench } from './bench.ts';
import type { Cell } from './call.ts';

/**
 * What becomes of a feature on its way: `kept` as it was · `mapped` to what comes nearest on the other side ·
 * `dropped` with a warning in the answer · `refused` with a 400 that names it · `–` the caller's protocol cannot
 * say it. Anything else is a loss that nobody is told of: a defect.
 */
export type Outcome = 'kept' | 'mapped' | 'dropped' | 'refused' | '–' | `LOST${string}`;

/**
 * `openai-chat`: one that speaks OpenAI's protocol and has no Responses, as most of them; `openai-responses`: one
 * where clients of Anthropic's and Google's protocols are put to Responses.
 */
export type UpstreamName =
  'openai' | 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'vertex-express';
export const UPSTREAMS: readonly UpstreamName[] = [
  'openai',
  'openai-chat',
  'openai-responses',
  'anthropic',
  'gemini',
  'vertex-express',
];

/** An outcome with the words in which a client is told of it. */
export interface Finding {
  readonly outcome: Outcome;
  readonly why?: string;
  /** Vercel's AI SDK says it too, and it fares the same. */
  readonly ai?: boolean;
}

export const isOpenai = (upstream: UpstreamName) => upstream.startsWith('openai');

export type PerDialect<T> = Partial<Readonly<Record<Spoken, T>>>;

interface FeatureBase {
  readonly group: string;
  readonly name: string;
  /** Fields of the request, in each caller's words; a caller without is one whose protocol cannot say it. */
  readonly says?: PerDialect<Json>;
  /** Where the usual one will not do; `openai` is for both of OpenAI's. */
  readonly models?: Partial<Record<UpstreamName, string>>;
  /** What Anthropic's SDK has in its beta only. */
  readonly betas?: readonly string[];
  /** What upstreams answer, whole; where absent, a short text. */
  readonly answers?: PerDialect<Json>;
  /** Fields of the answer as the SDK gives it, whole or put together of a stream; where absent, the short text. */
  readonly gets?: PerDialect<Json>;
  /** What comes nearest, in a few words. */
  readonly near?: string;
}

/** Something that is asked: it shows in what the upstream receives. */
export interface AskedFeature extends FeatureBase {
  readonly says: PerDialect<Json>;
  /** What the upstream hears, in the words of `script.ts`. */
  readonly script?: readonly string[];
  /** Where it cannot hear it so: what it hears instead. */
  readonly mappedScript?: PerDialect<readonly string[]>;
  /** Fields of what the upstream receives. */
  readonly seen?: PerDialect<Json>;
  /** Fields that come near. */
  readonly mapped?: PerDialect<Json>;
}

/** Something that is answered: it shows in what the client gets. */
export interface AnsweredFeature extends FeatureBase {
  /** Of the upstreams that can say it; of the others there is nothing to show. */
  readonly answers: PerDialect<Json>;
  readonly gets: PerDialect<Json>;
  /** Fields that come near. */
  readonly mappedGets?: PerDialect<Json>;
}

/** Something that takes more than one question and one answer to show. */
export interface ProvenFeature {
  readonly group: string;
  readonly name: string;
  /** It is about streams alone. */
  readonly streamOnly?: boolean;
  run(bench: Bench, cell: Cell): Promise<Outcome | Finding>;
}

export type Feature = AskedFeature | AnsweredFeature | ProvenFeature;

export const isProven = (feature: Feature): feature is ProvenFeature => 'run' in feature;

export const isAsked = (feature: AskedFeature | AnsweredFeature): feature is AskedFeature =>
  'script' in feature || 'seen' in feature;
