import type { ReplyContext } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Candidate, Finish, Reply } from '../../conversation/reply.js';
import { writeCitations } from './citations.js';
import { blockedPrompt, writeFinish } from './finish.js';
import { meanLogprob, writeLogprobs } from './logprobs.js';
import { writeCounts } from './usage.js';
import { isMalformed, writeAnswerPart } from './write-answer-parts.js';

/** Writes a GenerateContentResponse. https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
export function writeReply(reply: Reply, { conversation }: ReplyContext): Fields {
  const { candidates, usage, extras } = reply;
  const promptFeedback = promptFeedbackOf(candidates);
  return {
    ...(promptFeedback ? { promptFeedback } : { candidates: candidates.map(writeCandidate) }),
    ...(usage && { usageMetadata: writeCounts(usage) }),
    modelVersion: reply.model || conversation.model,
    responseId: reply.id,
    ...extras?.gemini,
  };
}

/** A prompt that Gemini blocked has no candidates. */
function promptFeedbackOf(candidates: readonly Candidate[]): Fields | undefined {
  const [only] = candidates;
  return candidates.length === 1 && only!.parts.length === 0 ? blockedPrompt(only!.finish) : undefined;
}

function writeCandidate({ index, parts, finish, logprobs, extras }: Candidate): Fields {
  const written = parts.map(writeAnswerPart).filter((part) => part !== undefined);
  const own = extras?.gemini;
  const groundingMetadata =
    (own?.groundingMetadata ?? own?.citationMetadata) ? undefined : writeCitations(parts);
  return {
    content: { parts: written, role: 'model' },
    ...writeFinish(parts.some(isMalformed) ? malformedCall(finish) : finish),
    index,
    ...(groundingMetadata && { groundingMetadata }),
    ...(logprobs && { logprobsResult: writeLogprobs(logprobs), avgLogprobs: meanLogprob(logprobs) }),
    ...own,
  };
}

/** What the client gets where the model's arguments are no JSON object. */
export function malformedCall(finish: Finish): Finish {
  if (finish.reason === 'length') return finish;
  return {
    reason: 'malformed_call',
    message: finish.message ?? 'The arguments of a call are no JSON object.',
  };
}
