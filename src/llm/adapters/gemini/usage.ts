import type { Usage } from '../../../proxy/call.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { TokenCounts } from '../../conversation/reply.js';
import { count, lastObject } from '../json-part.js';
import { camelFields } from './proto.js';

/**
 * Thoughts are billed as output but counted beside `candidatesTokenCount`, and what tools were given beside
 * `promptTokenCount`. https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readUsage(text: string): Usage | undefined {
  const usage = lastObject(text, '"usageMetadata"');
  return (
    usage && {
      input: count(usage.promptTokenCount) + count(usage.toolUsePromptTokenCount),
      output: count(usage.candidatesTokenCount) + count(usage.thoughtsTokenCount),
      cached: count(usage.cachedContentTokenCount),
    }
  );
}

/** `usageMetadata` in full. Details are per modality; what is not told is absent. */
export function countsOf(metadata: unknown): TokenCounts | undefined {
  if (!isFields(metadata)) return undefined;
  const usage = camelFields(metadata);
  const {
    toolUsePromptTokenCount: tools,
    thoughtsTokenCount: thoughts,
    cachedContentTokenCount: cached,
  } = usage;
  // Every event of a stream has counts, so this makes no more than it must.
  const counts: { -readonly [Name in keyof TokenCounts]: TokenCounts[Name] } = {
    input: count(usage.promptTokenCount) + count(tools),
    output: count(usage.candidatesTokenCount) + count(thoughts),
  };
  if (cached != null) counts.cached = count(cached);
  if (thoughts != null) counts.reasoning = count(thoughts);
  const audioInput = tokensOf('AUDIO', usage.promptTokensDetails, usage.toolUsePromptTokensDetails);
  if (audioInput !== undefined) counts.audioInput = audioInput;
  const imageInput = tokensOf('IMAGE', usage.promptTokensDetails, usage.toolUsePromptTokensDetails);
  if (imageInput !== undefined) counts.imageInput = imageInput;
  const audioOutput = tokensOf('AUDIO', usage.candidatesTokensDetails);
  if (audioOutput !== undefined) counts.audioOutput = audioOutput;
  const imageOutput = tokensOf('IMAGE', usage.candidatesTokensDetails);
  if (imageOutput !== undefined) counts.imageOutput = imageOutput;
  if (tools != null) counts.toolInput = count(tools);
  return counts;
}

/** The counts as Gemini tells them. */
export function writeCounts(counts: Partial<TokenCounts>): Fields {
  const { input = 0, output = 0, cached, reasoning, toolInput } = counts;
  const prompt = Math.max(0, input - (toolInput ?? 0));
  const candidates = Math.max(0, output - (reasoning ?? 0));
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: input + output,
    cachedContentTokenCount: cached,
    thoughtsTokenCount: reasoning,
    toolUsePromptTokenCount: toolInput,
    promptTokensDetails: details(prompt, counts.audioInput, counts.imageInput),
    candidatesTokensDetails: details(candidates, counts.audioOutput, counts.imageOutput),
  };
}

/** Tokens of a modality over lists of ModalityTokenCount; undefined where none tells of it. */
function tokensOf(modality: string, ...lists: readonly unknown[]): number | undefined {
  let tokens: number | undefined;
  for (const list of lists) {
    if (!Array.isArray(list)) continue;
    for (const item of list as unknown[]) {
      if (!isFields(item) || item.modality !== modality) continue;
      tokens = (tokens ?? 0) + count(item.tokenCount ?? item.token_count);
    }
  }
  return tokens;
}

/** Absent where nothing but text is known of. */
function details(
  all: number,
  audio: number | undefined,
  image: number | undefined,
): readonly Fields[] | undefined {
  if (audio === undefined && image === undefined) return undefined;
  const text = Math.max(0, all - (audio ?? 0) - (image ?? 0));
  return [
    ...(text > 0 ? [{ modality: 'TEXT', tokenCount: text }] : []),
    ...(image !== undefined ? [{ modality: 'IMAGE', tokenCount: image }] : []),
    ...(audio !== undefined ? [{ modality: 'AUDIO', tokenCount: audio }] : []),
  ];
}
