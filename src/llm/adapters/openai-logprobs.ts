import type { Fields } from '../conversation/dialect.js';
import { isFields } from '../conversation/fields.js';
import type { TokenLogprob } from '../conversation/reply.js';

/** Tokens as both of OpenAI's dialects list them; whatever is none is passed over. */
export function readTokens(value: unknown): readonly TokenLogprob[] {
  return listIn(value).map((one) => ({ ...readToken(one), top: listIn(one.top_logprobs).map(readToken) }));
}

function listIn(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function readToken({ token, logprob, bytes }: Fields): Omit<TokenLogprob, 'top'> {
  return {
    token: typeof token === 'string' ? token : '',
    logprob: typeof logprob === 'number' ? logprob : 0,
    ...(Array.isArray(bytes) && { bytes: bytes as number[] }),
  };
}
