import type { Conversation } from './conversation.js';

/** Whether the caller marks anywhere what is to be kept in the provider's prompt cache. */
export function hasCacheMarks({ system, messages, tools }: Conversation): boolean {
  return (
    system.some(({ cache }) => cache) ||
    messages.some(({ parts }) => parts.some(({ cache }) => cache)) ||
    tools.some((tool) => tool.kind === 'function' && tool.cache)
  );
}
