import type { Usage } from '../../../proxy/call.js';
import type { Fields } from '../../conversation/conversation.js';
import { isFields } from '../../conversation/fields.js';
import type { TokenCounts } from '../../conversation/reply.js';
import { count, lastObject } from '../json-part.js';
import { camelFields } from './proto.js';

/**
 * Thoughts are billed as output but counted beside `candidatesTokenCount`, and what tools were given beside
 * `promptTokenCount`. https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readUsage(text: string): Usage | undefined {
  const usage = lastObject(text, 'usageMetadata');
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
  const toolInput = told(usage.toolUsePromptTokenCount);
  const reasoning = told(usage.thoughtsTokenCount);
  const prompt = modalities(usage.promptTokensDetails);
  const tool = modalities(usage.toolUsePromptTokensDetails);
  const output = modalities(usage.candidatesTokensDetails);
  const counts: Record<string, number | undefined> = {
    input: count(usage.promptTokenCount) + (toolInput ?? 0),
    output: count(usage.candidatesTokenCount) + (reasoning ?? 0),
    cached: told(usage.cachedContentTokenCount),
    reasoning,
    audioInput: sum(prompt.AUDIO, tool.AUDIO),
    imageInput: sum(prompt.IMAGE, tool.IMAGE),
    audioOutput: output.AUDIO,
    imageOutput: output.IMAGE,
    toolInput,
  };
  for (const name of Object.keys(counts)) if (counts[name] === undefined) delete counts[name];
  return counts as unknown as TokenCounts;
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

function told(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : count(value);
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : one + (other ?? 0);
}

function modalities(list: unknown): { readonly AUDIO?: number; readonly IMAGE?: number } {
  const counts: Record<string, number> = {};
  for (const item of Array.isArray(list) ? (list as unknown[]) : []) {
    if (!isFields(item)) continue;
    const { modality, tokenCount } = camelFields(item);
    if (modality === 'AUDIO' || modality === 'IMAGE')
      counts[modality] = (counts[modality] ?? 0) + count(tokenCount);
  }
  return counts;
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
