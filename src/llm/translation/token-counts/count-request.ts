import { camelFields, optionalMessage } from '../../adapters/gemini/proto.js';
import { CODECS } from '../../adapters/codecs.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import type { LlmPath } from '../../llm-path.js';

/** Counters ask for no limit of an answer, which Anthropic's requests must have. */
const UNANSWERED = { max_tokens: 1 };

/** The conversation whose tokens are to be counted, without what is about its answer. @throws KeywheelError bad_body */
export function readCountRequest(path: LlmPath, body: Fields, model: string): Conversation {
  return { ...read(path, body, model), sampling: {} };
}

function read({ operation }: LlmPath, body: Fields, model: string): Conversation {
  if (operation === 'count_tokens') {
    return CODECS.anthropic.readRequest({ ...body, ...UNANSWERED }, { model, stream: false });
  }
  // https://ai.google.dev/api/tokens#method:-models.counttokens: contents alone, or a whole request
  const request = optionalMessage(camelFields(body).generateContentRequest, 'generateContentRequest');
  return CODECS.gemini.readRequest(request ?? body, { model, stream: false });
}

/** The answer as the caller's counter gives it. */
export function writeCount({ operation }: LlmPath, tokens: number): object {
  return operation === 'count_tokens' ? { input_tokens: tokens } : { totalTokens: tokens };
}
