import type { Message } from './conversation.js';

/** Name of the tool for each call id in a conversation, for dialects whose results name the tool. */
export function calledTools(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { parts } of messages) {
    for (const part of parts) if (part.kind === 'call') names.set(part.id, part.name);
  }
  return names;
}
