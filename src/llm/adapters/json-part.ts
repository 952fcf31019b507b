/**
 * The object that stands behind a field name in a JSON text, found without parsing the rest: the last one, since
 * answers carry their counts at the end. A quoted `"name":` cannot stand inside of a JSON string, where its quotes
 * would be escaped. Undefined where there is none or it is cut off.
 */
export function lastObject(text: string, field: string): Record<string, unknown> | undefined {
  const name = `"${field}"`;
  for (let at = text.lastIndexOf(name); at !== -1; at = at === 0 ? -1 : text.lastIndexOf(name, at - 1)) {
    if (text[at - 1] === '\\') continue;
    const open = /^\s*:\s*\{/.exec(text.slice(at + name.length, at + name.length + 16));
    if (!open) continue;
    const start = at + name.length + open[0].length - 1;
    const end = endOfObject(text, start);
    if (end === -1) continue;
    try {
      return JSON.parse(text.slice(start, end)) as Record<string, unknown>;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** Index behind the object that opens at `start`, or -1 where it is cut off. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = start; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') i++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '{') depth++;
    else if (!quoted && character === '}' && --depth === 0) return i + 1;
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
