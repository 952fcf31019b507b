/**
 * A query string (without question mark) less the named parameters, however their names are encoded, and with
 * one more at its end. What is kept stays byte for byte and in order. Names are compared with their case.
 */
export function queryFor(
  query: string,
  drop: readonly string[],
  add?: { readonly name: string; readonly value: string },
): string {
  const kept = drop.length === 0 || query === '' ? query : without(query, drop);
  if (!add) return kept;
  const pair = `${encodeURIComponent(add.name)}=${encodeURIComponent(add.value)}`;
  return kept === '' ? pair : `${kept}&${pair}`;
}

/** The decoded values of a parameter, in order; a parameter without `=` has the empty value. */
export function queryValues(query: string, name: string): string[] {
  if (query === '') return [];
  const values: string[] = [];
  for (const pair of query.split('&')) {
    if (pair !== '' && nameOf(pair) === name) {
      const equals = pair.indexOf('=');
      values.push(equals === -1 ? '' : decoded(pair.slice(equals + 1)));
    }
  }
  return values;
}

function without(query: string, drop: readonly string[]): string {
  const pairs = query.split('&');
  const kept = pairs.filter((pair) => !drop.includes(nameOf(pair)));
  return kept.length === pairs.length ? query : kept.join('&');
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return decoded(equals === -1 ? pair : pair.slice(0, equals));
}

/** As HTML forms are decoded; a malformed escape stays as it is, the rest is decoded all the same. */
function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    const bytes = spaced.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
    return bytes;
  }
}
