import type { Conversation } from './conversation.js';
import type { Dialect, Fields } from './dialect.js';
import { type Notes, refuse } from './notes.js';

/**
 * Fields whose loss nobody can see in an answer: where the provider keeps a copy, how the stream is framed, and
 * who may look at it.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'store',
  'stream_options',
  'diagnostics',
  // Responses: more of what would be told anyway, and where a conversation was taken up again.
  'include',
  'resumed_response_id',
]);

/**
 * A part of the conversation itself lies at the provider, under this name, or the answer itself would be another one
 * without it: `tool_choice` and `background` are here only where they ask for what one provider alone has.
 */
const INDISPENSABLE: ReadonlySet<string> = new Set([
  'cachedContent',
  'thread',
  'continuationToken',
  'previous_response_id',
  'conversation',
  'prompt',
  'tool_choice',
  'background',
]);

/**
 * Notes what other dialects said at the top of a request and `dialect` has no word for. @param said what it has one for
 * @throws KeywheelError untranslatable where that holds a part of the conversation
 */
export function noteForeignExtras(
  { extras }: Conversation,
  dialect: Dialect,
  notes: Notes,
  said: Fields = {},
): void {
  if (!extras) return;
  for (const [origin, fields] of Object.entries(extras)) {
    if (origin === dialect || !fields) continue;
    for (const name of Object.keys(fields)) {
      if (Object.hasOwn(said, name)) continue;
      if (INDISPENSABLE.has(name)) refuse(`The upstream cannot read what ${name} names.`, name);
      if (!HARMLESS.has(name)) notes.dropped(name);
    }
  }
}
