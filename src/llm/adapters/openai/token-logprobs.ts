import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { TokenLogprob } from '../../conversation/reply.js';

/** `logprobs` of a choice, of its text and its refusal; undefined where there are none. */
export function readLogprobs(value: unknown): readonly TokenLogprob[] | undefined {
  if (!isFields(value)) return undefined;
  const tokens = [...listIn(value.content), ...listIn(value.refusal)].map((one) => ({
    ...readToken(one),
    top: listIn(one.top_logprobs).map(readToken),
  }));
  return tokens.length > 0 ? tokens : undefined;
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

export function writeLogprobs(tokens: readonly TokenLogprob[]): Fields {
  return {
    content: tokens.map(({ top, ...one }) => ({ ...writeToken(one), top_logprobs: top.map(writeToken) })),
    refusal: null,
  };
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>): Fields {
  return { token, logprob, bytes: bytes ?? null };
}
