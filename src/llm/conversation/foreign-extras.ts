import type { Conversation, Dialect } from './conversation.js';
import type { Notes } from './notes.js';

/**
 * Fields whose loss nobody can see in an answer: where the provider keeps a copy, how the stream is framed, and
 * who may look at it.
 */
const HARMLESS: ReadonlySet<string> = new Set(['store', 'stream_options', 'diagnostics']);

/** Notes what other dialects said at the top of a request and `dialect` has no word for. */
export function noteForeignExtras({ extras }: Conversation, dialect: Dialect, notes: Notes): void {
  if (!extras) return;
  for (const [origin, fields] of Object.entries(extras)) {
    if (origin === dialect || !fields) continue;
    for (const name of Object.keys(fields)) if (!HARMLESS.has(name)) notes.dropped(name);
  }
}
