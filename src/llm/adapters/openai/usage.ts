import type { Usage } from '../../../proxy/call.js';
import type { Fields } from '../../conversation/dialect.js';
import type { TokenCounts } from '../../conversation/reply.js';
import { count, lastObject, objectAt } from '../json-part.js';

/**
 * `usage` of Chat Completions, Completions and Embeddings (`prompt_tokens`) and of Responses, images and audio
 * (`input_tokens`). https://platform.openai.com/docs/api-reference/chat/object
 */
export function usageOf(usage: Record<string, unknown>): Usage {
  const cached =
    objectAt(usage, 'input_tokens_details').cached_tokens ??
    objectAt(usage, 'prompt_tokens_details').cached_tokens;
  return {
    input: count(usage.prompt_tokens ?? usage.input_tokens),
    output: count(usage.completion_tokens ?? usage.output_tokens),
    cached: count(cached),
  };
}

export function readUsage(text: string): Usage | undefined {
  const usage = lastObject(text, '"usage"');
  return usage && usageOf(usage);
}

/** Counts that only this dialect tells: of a prediction, what came true and what did not. */
export const PREDICTION_COUNTS = ['accepted_prediction_tokens', 'rejected_prediction_tokens'] as const;

/**
 * `usage` of Chat Completions. Most count thoughts into `completion_tokens`; xAI and Google do not, but into
 * `total_tokens`. https://platform.openai.com/docs/api-reference/chat/object#chat-object-usage
 */
export function readCounts(usage: Fields): TokenCounts {
  const prompt = objectAt(usage, 'prompt_tokens_details');
  const completion = objectAt(usage, 'completion_tokens_details');
  const input = count(usage.prompt_tokens);
  const told = count(usage.completion_tokens);
  const apart = Math.max(0, count(usage.total_tokens) - input - told);
  const reasoning = completion.reasoning_tokens ?? (apart > 0 ? apart : undefined);
  const more = {
    // DeepSeek: https://api-docs.deepseek.com/guides/kv_cache
    cached: prompt.cached_tokens ?? usage.prompt_cache_hit_tokens,
    cacheWritten: prompt.cache_write_tokens,
    reasoning,
    audioInput: prompt.audio_tokens,
    audioOutput: completion.audio_tokens,
    imageInput: prompt.image_tokens,
    imageOutput: completion.image_tokens,
    // OpenRouter: https://openrouter.ai/docs/use-cases/usage-accounting
    searches: objectAt(usage, 'server_tool_use').web_search_requests,
  };
  const present = Object.entries(more).filter(([, value]) => typeof value === 'number');
  return {
    input,
    output: told + apart,
    ...Object.fromEntries(present.map(([name, value]) => [name, count(value)])),
  };
}

/** @param predictions counts of `PREDICTION_COUNTS` */
export function writeCounts(counts: Partial<TokenCounts>, predictions: Fields = {}): Fields {
  const { input = 0, output = 0 } = counts;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      ...told('cached_tokens', counts.cached),
      ...told('cache_write_tokens', counts.cacheWritten),
      ...told('audio_tokens', counts.audioInput),
      ...told('image_tokens', counts.imageInput),
    },
    completion_tokens_details: {
      ...told('reasoning_tokens', counts.reasoning),
      ...told('audio_tokens', counts.audioOutput),
      ...told('image_tokens', counts.imageOutput),
      ...predictions,
    },
    ...(counts.searches !== undefined && { server_tool_use: { web_search_requests: counts.searches } }),
  };
}

/** Of the counts that only this dialect tells, those that are told. */
export function predictionsIn(usage: Fields): Fields | undefined {
  const details = objectAt(usage, 'completion_tokens_details');
  const told = PREDICTION_COUNTS.filter((name) => typeof details[name] === 'number');
  return told.length > 0 ? Object.fromEntries(told.map((name) => [name, details[name]])) : undefined;
}

function told(name: string, value: number | undefined): Fields {
  return value === undefined ? {} : { [name]: value };
}
