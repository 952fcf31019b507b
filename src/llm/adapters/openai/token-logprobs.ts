import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { TokenLogprob } from '../../conversation/reply.js';
import { readTokens } from '../openai-logprobs.js';

/** `logprobs` of a choice, of its text and its refusal; undefined where there are none. */
export function readLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  if (!isFields(value)) return undefined;
  const tokens = [...readTokens(value.content), ...readTokens(value.refusal)];
  return tokens.length > 0 ? tokens : undefined;
}

export function writeLogprobs(tokens: readonly TokenLogprob[]): Fields {
  return {
    content: tokens.map(({ top, ...one }) => ({ ...writeToken(one), top_logprobs: top.map(writeToken) })),
    refusal: null,
  };
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>): Fields {
  return { token, logprob, bytes: bytes ?? null };
}
