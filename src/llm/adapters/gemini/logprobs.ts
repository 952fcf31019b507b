import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { TokenLogprob } from '../../conversation/reply.js';

/** https://ai.google.dev/api/generate-content#LogprobsResult; undefined where it holds none. */
export function readLogprobs(result: unknown): readonly TokenLogprob[] | undefined {
  if (!isFields(result)) return undefined;
  const { chosenCandidates, topCandidates } = result;
  if (!Array.isArray(chosenCandidates) || chosenCandidates.length === 0) return undefined;
  const tops = Array.isArray(topCandidates) ? (topCandidates as unknown[]) : [];
  return (chosenCandidates as unknown[]).map((chosen, index) => {
    const top = tops[index];
    const list = isFields(top) && Array.isArray(top.candidates) ? (top.candidates as unknown[]) : [];
    return { ...readToken(chosen), top: list.map(readToken) };
  });
}

export function writeLogprobs(tokens: readonly TokenLogprob[]): Fields {
  return {
    chosenCandidates: tokens.map(writeToken),
    topCandidates: tokens.map(({ top }) => ({ candidates: top.map(writeToken) })),
  };
}

/** The mean, as `avgLogprobs` has it; undefined of none. */
export function meanLogprob(tokens: readonly TokenLogprob[]): number | undefined {
  if (tokens.length === 0) return undefined;
  return tokens.reduce((sum, { logprob }) => sum + logprob, 0) / tokens.length;
}

function readToken(value: unknown): { readonly token: string; readonly logprob: number } {
  const { token, logProbability } = isFields(value) ? value : {};
  return {
    token: typeof token === 'string' ? token : '',
    logprob: typeof logProbability === 'number' ? logProbability : 0,
  };
}

function writeToken({ token, logprob }: { readonly token: string; readonly logprob: number }): Fields {
  return { token, logProbability: logprob };
}
