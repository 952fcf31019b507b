import type { Fields } from '../../conversation/dialect.js';
import type { TokenLogprob } from '../../conversation/reply.js';

/** `logprobs` of a text. */
export function writeLogprobs(tokens: readonly TokenLogprob[]): readonly Fields[] {
  return tokens.map(({ top, ...one }) => ({ ...writeToken(one), top_logprobs: top.map(writeToken) }));
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>): Fields {
  return { token, logprob, bytes: bytes ?? [...Buffer.from(token)] };
}
