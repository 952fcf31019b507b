/**
 * The object that stands behind a field name in a JSON text, found without parsing the rest: the last one, since
 * answers carry their counts at the end. A quoted `"name":` cannot stand inside of a JSON string, where its quotes
 * would be escaped. Undefined where there is none or it is cut off.
 * @param name in its quotes
 */
export function lastObject(text: string, name: string): Record<string, unknown> | undefined {
  for (let at = text.lastIndexOf(name); at !== -1; at = at === 0 ? -1 : text.lastIndexOf(name, at - 1)) {
    const start = text.charCodeAt(at - 1) === BACKSLASH ? -1 : startOfObject(text, at + name.length);
    const end = start === -1 ? -1 : endOfObject(text, start);
    if (end === -1) continue;
    try {
      return JSON.parse(text.slice(start, end)) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const SPACE = 0x20;

/** Index of the brace that follows a colon, or -1 where the value is no object. */
function startOfObject(text: string, from: number): number {
  let at = pastSpace(text, from);
  if (text.charCodeAt(at) !== COLON) return -1;
  at = pastSpace(text, at + 1);
  return text.charCodeAt(at) === OPEN ? at : -1;
}

/** JSON's white space is all at or below the blank. */
function pastSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at++;
  return at;
}

/** Index behind the object that opens at `start`, or -1 where it is cut off. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (code === OPEN) depth++;
    else if (code === CLOSE && --depth === 0) return i + 1;
  }
  return -1;
}

/** A count of a provider: whole and not negative, else 0. */
export function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

/** A field's object, or an empty one. */
export function objectAt(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  const found = (value as Record<string, unknown>)[field];
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
}
