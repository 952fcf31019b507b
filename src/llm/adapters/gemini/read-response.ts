import { KeywheelError } from '../../../kernel/errors.js';
import type { Extras, Fields } from '../../conversation/dialect.js';
import { isFields, otherFields } from '../../conversation/fields.js';
import type { Citation, Part } from '../../conversation/parts.js';
import type { Candidate, Reply, TokenCounts } from '../../conversation/reply.js';
import { CallIds, scopeOf } from './call-ids.js';
import { readCitations } from './citations.js';
import { readBlock, readFinish } from './finish.js';
import { readLogprobs } from './logprobs.js';
import { camelFields } from './proto.js';
import { readPart } from './read-parts.js';
import { countsOf } from './usage.js';

const KNOWN: ReadonlySet<string> = new Set([
  'candidates',
  'usageMetadata',
  'modelVersion',
  'responseId',
  'promptFeedback',
]);
const KNOWN_OF_CANDIDATE: ReadonlySet<string> = new Set([
  'content',
  'finishReason',
  'finishMessage',
  'index',
  'logprobsResult',
]);

/**
 * Reads a GenerateContentResponse. https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
 * @throws Error where it is none, or holds neither an answer nor a reason for having none
 */
export function readReply(body: Fields): Reply {
  const response = camelFields(body);
  const id = textOr(response.responseId, '');
  const candidates = readCandidates(response, id);
  const usage = usageOf(response);
  const created = createdOf(response);
  const extras = extrasOf(response);
  return {
    id,
    model: textOr(response.modelVersion, ''),
    ...(created !== undefined && { created }),
    candidates,
    ...(usage && { usage }),
    ...(extras && { extras }),
  };
}

/** Epoch seconds of `createTime`, which Vertex tells. */
export function createdOf({ createTime }: Fields): number | undefined {
  const at = typeof createTime === 'string' ? Date.parse(createTime) : NaN;
  return Number.isFinite(at) ? Math.floor(at / 1000) : undefined;
}

/** Side fields of an answer as a whole. Feedback on a prompt that was blocked is told by the finish. */
export function extrasOf(response: Fields): Extras | undefined {
  const feedback = isFields(response.promptFeedback) && !readBlock(response.promptFeedback);
  const others = otherFields(response, KNOWN);
  if (!feedback) return others && { gemini: others };
  return { gemini: { ...others, promptFeedback: response.promptFeedback } };
}

/** Side fields of a candidate. */
export function candidateExtrasOf(candidate: Fields): Extras | undefined {
  const gemini = otherFields(candidate, KNOWN_OF_CANDIDATE);
  return gemini && { gemini };
}

/** Counts, and searches that Google ran, which are billed too. */
export function usageOf(response: Fields): TokenCounts | undefined {
  const counts = countsOf(response.usageMetadata);
  if (!counts) return undefined;
  let searches = 0;
  for (const candidate of listOf(response.candidates)) searches += searchesOf(candidate);
  return searches > 0 ? { ...counts, searches } : counts;
}

function searchesOf(candidate: unknown): number {
  const grounding = isFields(candidate) ? candidate.groundingMetadata : undefined;
  return isFields(grounding) ? listOf(grounding.webSearchQueries).length : 0;
}

function readCandidates(response: Fields, id: string): readonly Candidate[] {
  const list = listOf(response.candidates);
  if (list.length > 0) {
    const ids = new CallIds(scopeOf(id));
    return list
      .map((one, place) => readCandidate(one, place, ids))
      .sort((one, other) => one.index - other.index);
  }
  const finish = readBlock(response.promptFeedback);
  if (!finish) throw new Error('The upstream answered without a candidate.');
  return [{ index: 0, parts: [], finish }];
}

function readCandidate(value: unknown, place: number, ids: CallIds): Candidate {
  if (!isFields(value)) throw new Error('The upstream answered with a candidate that is no object.');
  const candidate = camelFields(value);
  const parts = partsOf(candidate.content).map((part, index) => readAnswerPart(part, index, ids));
  const called = parts.some(({ kind }) => kind === 'call');
  const logprobs = readLogprobs(candidate.logprobsResult);
  const extras = candidateExtrasOf(candidate);
  return {
    index: typeof candidate.index === 'number' ? candidate.index : place,
    parts: withCitations(candidate, parts),
    finish: readFinish(candidate, called),
    ...(logprobs && { logprobs }),
    ...(extras && { extras }),
  };
}

/** The parts of a content, if it has any. */
export function partsOf(content: unknown): readonly unknown[] {
  return isFields(content) ? listOf(content.parts) : [];
}

/** @throws Error what breaks the rules here is the upstream's fault, not the caller's */
export function readAnswerPart(part: unknown, index: number, ids: CallIds): Part {
  try {
    return readPart(part, `parts.${index}`, ids);
  } catch (thrown) {
    if (thrown instanceof KeywheelError) throw new Error(`The upstream answered badly: ${thrown.message}`);
    throw thrown;
  }
}

function withCitations(candidate: Fields, parts: readonly Part[]): readonly Part[] {
  if (!isFields(candidate.groundingMetadata) && !isFields(candidate.citationMetadata)) return parts;
  const texts = parts.flatMap((one, part) => (one.kind === 'text' ? [{ part, text: one.text }] : []));
  const citations = new Map<number, Citation[]>();
  for (const { text, citation } of readCitations(candidate, texts)) {
    const { part } = texts[text]!;
    const list = citations.get(part);
    if (list) list.push(citation);
    else citations.set(part, [citation]);
  }
  return parts.map((part, index) => {
    const found = citations.get(index);
    return found && part.kind === 'text' ? { ...part, citations: found } : part;
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
