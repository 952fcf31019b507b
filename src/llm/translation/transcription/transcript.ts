import type { Reply, TokenCounts } from '../../conversation/reply.js';
import { blocked } from '../whole/json-call.js';
import { withheldBecause } from '../whole/withheld.js';

/** What was heard, and nothing of what was thought. @throws KeywheelError content_blocked */
export function transcriptOf(reply: Reply): string {
  const [candidate] = reply.candidates;
  const reason = candidate?.finish.reason;
  if (reason === 'filtered' || reason === 'refused') {
    blocked(`The model did not write it down: ${withheldBecause(reply)}`);
  }
  const texts = (candidate?.parts ?? []).map((part) => (part.kind === 'text' ? part.text : ''));
  return texts.join('').trim();
}

/** https://platform.openai.com/docs/api-reference/audio/json-object */
export function usageFields({ input = 0, output = 0, audioInput = 0 }: Partial<TokenCounts>): object {
  return {
    type: 'tokens',
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_token_details: { audio_tokens: audioInput, text_tokens: Math.max(0, input - audioInput) },
  };
}
