import type { Usage } from '../../../proxy/call.js';
import { count, lastObject, objectAt } from '../json-part.js';

/**
 * `usage` of Chat Completions, Completions and Embeddings (`prompt_tokens`) and of Responses, images and audio
 * (`input_tokens`). https://platform.openai.com/docs/api-reference/chat/object
 */
export function usageOf(usage: Record<string, unknown>): Usage {
  const details = { ...objectAt(usage, 'prompt_tokens_details'), ...objectAt(usage, 'input_tokens_details') };
  return {
    input: count(usage.prompt_tokens ?? usage.input_tokens),
    output: count(usage.completion_tokens ?? usage.output_tokens),
    cached: count(details.cached_tokens),
  };
}

export function readUsage(text: string): Usage | undefined {
  const usage = lastObject(text, 'usage');
  return usage && usageOf(usage);
}
