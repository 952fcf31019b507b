import type { CallBody } from '../../proxy/wire/call-body.js';

/** Ids of one answer that are noted: the answer itself, its conversation and its items. */
const MOST_IDS = 64;
/** A quoted name and a colon cannot stand inside of a JSON string, where the quotes would be escaped. */
const ID = /"id"\s*:\s*"([a-z]{2,10}_[A-Za-z0-9_-]{1,200})"/g;
const UNSTORED = /"store"\s*:\s*false/;
const IN_PATH = /\/(?:responses|conversations)\/((?:resp|conv)_[A-Za-z0-9_-]+)(?=\/|$)/;
const REFERENCE = Buffer.from('"item_reference"');
/** A reference is an object of an id and a type, in either order. */
const WINDOW = 300;

/** What the provider keeps from now on, by an answer of Responses or an event with it; nothing of one that it does not keep. */
export function keptIds(text: string): ReadonlySet<string> {
  const ids = new Set<string>();
  if (UNSTORED.test(text)) return ids;
  for (const [, id] of text.matchAll(ID)) {
    ids.add(id!);
    if (ids.size === MOST_IDS) break;
  }
  return ids;
}

/** The kept answer or conversation that a path speaks of. */
export function idInPath(path: string): string | undefined {
  return IN_PATH.exec(path)?.[1];
}

/** Items of earlier answers that a body refers to instead of repeating them, in its order, each once. */
export function referredItems(body: CallBody): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const chunk of body.chunks) {
    for (let at = chunk.indexOf(REFERENCE); at !== -1; at = chunk.indexOf(REFERENCE, at + WINDOW)) {
      const text = chunk.toString('latin1', Math.max(0, at - WINDOW), at + 2 * WINDOW);
      for (const [, id] of text.matchAll(ID)) ids.add(id!);
    }
  }
  return ids;
}
