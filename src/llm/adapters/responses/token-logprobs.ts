import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { TokenLogprob } from '../../conversation/reply.js';

/** `logprobs` of a text, which may be an empty list. */
export function readLogprobs(value: unknown): readonly TokenLogprob[] {
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

export function writeLogprobs(tokens: readonly TokenLogprob[]): readonly Fields[] {
  return tokens.map(({ top, ...one }) => ({ ...writeToken(one), top_logprobs: top.map(writeToken) }));
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>): Fields {
  return { token, logprob, bytes: bytes ?? [...Buffer.from(token)] };
}
