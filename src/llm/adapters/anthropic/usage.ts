import type { Usage } from '../../../proxy/call.js';
import { count, lastObject } from '../json-part.js';

/**
 * Anthropic counts what was read from and written to the prompt cache beside `input_tokens`, not in it.
 * https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching
 */
export function usageOf(usage: Record<string, unknown>): Partial<Usage> {
  const told: { -readonly [field in keyof Usage]?: number } = {};
  if (usage.input_tokens !== undefined && usage.input_tokens !== null) {
    told.cached = count(usage.cache_read_input_tokens);
    told.input = count(usage.input_tokens) + told.cached + count(usage.cache_creation_input_tokens);
  }
  if (usage.output_tokens !== undefined) told.output = count(usage.output_tokens);
  return told;
}

export function readUsage(text: string): Usage | undefined {
  const usage = lastObject(text, 'usage');
  return usage && { input: 0, output: 0, cached: 0, ...usageOf(usage) };
}
