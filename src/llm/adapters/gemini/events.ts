import { at, parseJson } from '../../../kernel/judging.js';
import type { Adapter, EventFacts, StreamEvent } from '../adapter.js';
import { readUsage } from './usage.js';

/** A finish reason, or the reason for which the prompt was blocked: after either nothing follows but counts. */
const END = /"(?:finishReason|blockReason)"\s*:\s*"/;

/** https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
export function readEvent({ data }: StreamEvent): EventFacts {
  return {
    begins: true,
    ends: END.test(data),
    usage: data.includes('"usageMetadata"') ? readUsage(data) : undefined,
  };
}

/** Candidates without parts, or with empty text alone: the first ones of a stream may be so. */
export function isEmpty({ data }: StreamEvent): boolean {
  const answer = parseJson(data);
  if (typeof answer !== 'object' || at(answer, 'promptFeedback') !== undefined) return false;
  const candidates = at(answer, 'candidates') ?? [];
  return Array.isArray(candidates) && candidates.every(isEmptyCandidate);
}

/** Its reason to end aside. */
export function isEmptyCandidate(candidate: unknown): boolean {
  const parts = at(candidate, 'content', 'parts') ?? [];
  return Array.isArray(parts) && parts.every(isEmptyPart);
}

function isEmptyPart(part: unknown): boolean {
  return at(part, 'text') === '' && at(part, 'thoughtSignature') === undefined;
}

/** Its events have counts, nearly all of them. */
export const telling: Adapter['telling'] = {};

export function hasEnd(operation: string): boolean {
  return operation === 'streamGenerateContent';
}
