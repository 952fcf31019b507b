import type { EventFacts, StreamEvent } from '../adapter.js';
import { readUsage } from './usage.js';

/** A finish reason, or the reason for which the prompt was blocked: after either nothing follows but counts. */
const END = /"(?:finishReason|blockReason)"\s*:\s*"/;

/** https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
export function readEvent({ data }: StreamEvent): EventFacts {
  return {
    begins: true,
    ends: END.test(data),
    usage: data.includes('"usageMetadata"') ? readUsage(data) : undefined,
  };
}

export function hasEnd(operation: string): boolean {
  return operation === 'streamGenerateContent';
}
