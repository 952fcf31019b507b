import type { Fields } from '../../conversation/dialect.js';
import type { Finish, FinishReason } from '../../conversation/reply.js';

/**
 * https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices, then words of others who speak
 * the dialect: Mistral's `model_length`, Together's `eos`, and those that pass on Anthropic's or Google's words.
 */
const READ: ReadonlyMap<unknown, FinishReason> = new Map(
  Object.entries<FinishReason>({
    stop: 'stop',
    length: 'length',
    tool_calls: 'calls',
    function_call: 'calls',
    content_filter: 'filtered',
    model_length: 'context_full',
    eos: 'stop',
    end_turn: 'stop',
    stop_sequence: 'stop_sequence',
    max_tokens: 'length',
    tool_use: 'calls',
    refusal: 'refused',
    safety: 'filtered',
    recitation: 'filtered',
  }),
);

/** What of an answer decides how its end is to be understood. */
export interface Said {
  readonly calls: boolean;
  readonly refusal: boolean;
}

/**
 * @param choice whole, or the last chunk's
 */
export function readFinish(choice: Fields, { calls, refusal }: Said): Finish {
  const word = typeof choice.finish_reason === 'string' ? choice.finish_reason : undefined;
  // OpenRouter: what the provider itself said.
  const native = typeof choice.native_finish_reason === 'string' ? choice.native_finish_reason : word;
  const sequence = choice.stop_reason ?? choice.matched_stop;
  const reason = word === undefined ? 'other' : (READ.get(word.toLowerCase()) ?? 'other');
  const base = native === undefined ? {} : { native };
  if (reason === 'stop') {
    // Some say `stop` whatever came before.
    if (calls) return { reason: 'calls', ...base };
    if (refusal) return { reason: 'refused', ...base };
    // vLLM and SGLang name the sequence.
    if (typeof sequence === 'string') return { reason: 'stop_sequence', ...base, stopSequence: sequence };
  }
  const filters = choice.content_filter_results;
  const details =
    typeof filters === 'object' && filters !== null ? { content_filter_results: filters } : undefined;
  return { reason, ...base, ...(details && { details }) };
}

/**
 * The dialect has five words. An answer that is not complete for a reason it has no word for ends by `length`, so
 * that nobody takes it for whole.
 */
export function writeFinish({ reason }: Finish, { refusal }: Pick<Said, 'refusal'>): string {
  switch (reason) {
    case 'stop':
    case 'stop_sequence':
      return 'stop';
    case 'calls':
      return 'tool_calls';
    case 'filtered':
      return 'content_filter';
    case 'refused':
      return refusal ? 'stop' : 'content_filter';
    case 'length':
    case 'context_full':
    case 'paused':
    case 'malformed_call':
    case 'other':
      return 'length';
  }
}
