import type { Conversation, Dialect } from './conversation.js';
import { type Notes, refuse } from './notes.js';

/**
 * Fields whose loss nobody can see in an answer: where the provider keeps a copy, how the stream is framed, and
 * who may look at it.
 */
const HARMLESS: ReadonlySet<string> = new Set(['store', 'stream_options', 'diagnostics']);

/** A part of the conversation itself lies at the provider, under this name: without it the answer is another one. */
const INDISPENSABLE: ReadonlySet<string> = new Set(['cachedContent', 'continuationToken']);

/**
 * Notes what other dialects said at the top of a request and `dialect` has no word for.
 * @throws KeywheelError untranslatable where that holds a part of the conversation
 */
export function noteForeignExtras({ extras }: Conversation, dialect: Dialect, notes: Notes): void {
  if (!extras) return;
  for (const [origin, fields] of Object.entries(extras)) {
    if (origin === dialect || !fields) continue;
    for (const name of Object.keys(fields)) {
      if (INDISPENSABLE.has(name)) refuse(`The upstream cannot read what ${name} names.`, name);
      if (!HARMLESS.has(name)) notes.dropped(name);
    }
  }
}
