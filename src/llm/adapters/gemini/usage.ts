import type { Usage } from '../../../proxy/call.js';
import { count, lastObject } from '../json-part.js';

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
