/** Headers that concern one connection only (RFC 9110, 7.6.1), and the ones that old software treats so. */
export const HOP_BY_HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
];

/** Beginnings of names that are dropped with all that follows. */
export const PROXY_PREFIX = 'proxy-';

/**
 * The header names that the values of Connection add to the hop-by-hop ones, in lower case; undefined for the
 * usual `keep-alive` and `close`, which name nothing more.
 */
export function namedByConnection(value: string, before: Set<string> | undefined): Set<string> | undefined {
  if (value === 'keep-alive' || value === 'close') return before;
  const names = before ?? new Set<string>();
  for (const token of value.split(',')) names.add(token.trim().toLowerCase());
  return names;
}

/** Takes the named headers out of a flat list, in place. */
export function dropNamed(flat: string[], names: ReadonlySet<string>): void {
  let kept = 0;
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string;
    if (names.has(name.toLowerCase())) continue;
    flat[kept] = name;
    flat[kept + 1] = flat[i + 1] as string;
    kept += 2;
  }
  flat.length = kept;
}
