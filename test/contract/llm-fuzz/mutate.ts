import { below, oneOf, type Random } from './random.ts';

/** What means something somewhere, or nothing anywhere. */
const VALUES: readonly unknown[] = [
  null,
  undefined,
  '',
  ' ',
  'text',
  'user',
  'assistant',
  'tool',
  '{"a":',
  'data:image/png;base64,',
  'https://[',
  '\ud800',
  '__proto__',
  'constructor',
  0,
  -1,
  0.5,
  1e300,
  2 ** 53,
  true,
  false,
  [],
  {},
  [[]],
  [null],
  [{}],
  { type: 'text' },
  { type: 'text', text: 'x' },
  { toString: 1, valueOf: null },
  { length: 1e9 },
];

type Holder = Record<string | number, unknown>;

/** A copy of the value with one to four of its places changed: replaced, left out, doubled or put elsewhere. */
export function mutated(value: unknown, random: Random): unknown {
  const out = structuredClone(value);
  const places = placesOf(out, []);
  for (let count = 1 + below(random, 4); count > 0 && places.length > 0; count--) {
    const { holder, name } = oneOf(random, places);
    change(holder, name, places, random);
  }
  return out;
}

interface Place {
  readonly holder: Holder;
  readonly name: string | number;
}

function placesOf(value: unknown, places: Place[]): Place[] {
  if (typeof value !== 'object' || value === null) return places;
  const names = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  for (const name of names) {
    places.push({ holder: value as Holder, name });
    placesOf((value as Holder)[name], places);
  }
  return places;
}

function change(holder: Holder, name: string | number, places: readonly Place[], random: Random): void {
  const kind = below(random, 6);
  if (kind === 0) delete holder[name];
  else if (kind === 1 && Array.isArray(holder)) holder.push(holder[name as number]);
  else if (kind === 2) {
    const other = oneOf(random, places);
    holder[name] = structuredClone(other.holder[other.name]);
  } else if (kind === 3) holder[name] = { [name]: holder[name] };
  else if (kind === 4) holder[name] = [holder[name]];
  else holder[name] = structuredClone(oneOf(random, VALUES));
}

/** JSON of anything, up to four levels deep. */
export function anything(random: Random, names: readonly string[], depth = 0): unknown {
  if (depth > 3 || random() < 0.3) return oneOf(random, VALUES);
  const size = below(random, 4);
  if (random() < 0.3) return Array.from({ length: size }, () => anything(random, names, depth + 1));
  return Object.fromEntries(
    Array.from({ length: size }, () => [oneOf(random, names), anything(random, names, depth + 1)]),
  );
}

/** A text with pieces of it lost, doubled, swapped or foreign. */
export function mutatedText(text: string, random: Random): string {
  const from = below(random, text.length);
  const to = Math.min(text.length, from + below(random, 40));
  switch (below(random, 5)) {
    case 0:
      return text.slice(0, from) + text.slice(to);
    case 1:
      return text.slice(0, to) + text.slice(from);
    case 2:
      return (
        text.slice(0, from) +
        oneOf(random, ['\0', '\n\n', '\r', '"', '{', 'data: {}\n\n', '\ufffd']) +
        text.slice(from)
      );
    case 3:
      return text.slice(0, from);
    default:
      return text.slice(0, from) + [...text.slice(from, to)].reverse().join('') + text.slice(to);
  }
}
