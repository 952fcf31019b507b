import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Finish, FinishReason } from '../../conversation/reply.js';

/** https://ai.google.dev/api/generate-content#FinishReason; `STOP` is `calls` where the answer has calls. */
const REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  // The limit of one request, with more to come by its continuation token.
  CONTINUATION: 'length',
  SAFETY: 'filtered',
  RECITATION: 'filtered',
  LANGUAGE: 'filtered',
  BLOCKLIST: 'filtered',
  PROHIBITED_CONTENT: 'filtered',
  SPII: 'filtered',
  IMAGE_SAFETY: 'filtered',
  IMAGE_PROHIBITED_CONTENT: 'filtered',
  IMAGE_RECITATION: 'filtered',
  MODEL_ARMOR: 'filtered',
  MALFORMED_FUNCTION_CALL: 'malformed_call',
  UNEXPECTED_TOOL_CALL: 'malformed_call',
  MISSING_THOUGHT_SIGNATURE: 'malformed_call',
  TOO_MANY_TOOL_CALLS: 'other',
  MALFORMED_RESPONSE: 'other',
  NO_IMAGE: 'other',
  IMAGE_OTHER: 'other',
  OTHER: 'other',
  FINISH_REASON_UNSPECIFIED: 'other',
};

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  calls: 'STOP',
  length: 'MAX_TOKENS',
  context_full: 'MAX_TOKENS',
  filtered: 'SAFETY',
  refused: 'SAFETY',
  malformed_call: 'MALFORMED_FUNCTION_CALL',
  paused: 'OTHER',
  other: 'OTHER',
};

/** Why a candidate ended. @param called it holds a call of a function of the caller */
export function readFinish(candidate: Fields, called: boolean): Finish {
  const native = typeof candidate.finishReason === 'string' ? candidate.finishReason : undefined;
  const known = native !== undefined && Object.hasOwn(REASONS, native) ? REASONS[native]! : 'other';
  const reason = known === 'stop' && called ? 'calls' : known;
  const message = typeof candidate.finishMessage === 'string' ? candidate.finishMessage : undefined;
  const { safetyRatings } = candidate;
  return {
    reason,
    ...(native !== undefined && { native }),
    ...(message !== undefined && { message }),
    ...(reason === 'filtered' && Array.isArray(safetyRatings) && { details: { safetyRatings } }),
  };
}

/** The prompt was blocked, and nothing was answered; undefined where `promptFeedback` says no such thing. */
export function readBlock(promptFeedback: unknown): Finish | undefined {
  if (!isFields(promptFeedback)) return undefined;
  const { blockReason, blockReasonMessage } = promptFeedback;
  if (typeof blockReason !== 'string' || blockReason === 'BLOCKED_REASON_UNSPECIFIED') return undefined;
  return {
    reason: 'filtered',
    native: blockReason,
    ...(typeof blockReasonMessage === 'string' && { message: blockReasonMessage }),
    details: { promptFeedback },
  };
}

/** `finishReason` and `finishMessage`; Gemini's own word where it was Gemini's. */
export function writeFinish({ reason, native, message }: Finish): Fields {
  const own = native !== undefined && Object.hasOwn(REASONS, native) && fits(REASONS[native]!, reason);
  return {
    finishReason: own ? native : WORDS[reason],
    ...(message !== undefined && { finishMessage: message }),
  };
}

/** A blocked prompt as Gemini tells it; undefined for any other end. */
export function blockedPrompt({ reason, details }: Finish): Fields | undefined {
  const feedback = reason === 'filtered' ? details?.promptFeedback : undefined;
  return isFields(feedback) ? feedback : undefined;
}

function fits(own: FinishReason, reason: FinishReason): boolean {
  return own === reason || (own === 'stop' && (reason === 'calls' || reason === 'stop_sequence'));
}
