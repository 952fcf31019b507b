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

const NUMBERS = [0, 1, 2, 3, 5, 8, 0.5, 0.95, 1.5, -1, 20, 128, 1024, 100_000];
const WORDS = ['', ' ', '\n', 'x', 'a b', 'a.b', 'Ünï', 'x'.repeat(65), 'x'.repeat(300), '7', '{"a":1}'];

/** A copy of the value with one of its places changed to another of its kind, or left out. */
export function nudged(value: unknown, random: Random): unknown {
  const out = structuredClone(value);
  const { holder, name } = oneOf(random, placesOf(out, []));
  const before = holder[name];
  if (random() < 0.2) delete holder[name];
  else if (typeof before === 'boolean') holder[name] = !before;
  else if (typeof before === 'number') holder[name] = oneOf(random, NUMBERS);
  else if (typeof before === 'string') holder[name] = oneOf(random, WORDS);
  else if (Array.isArray(before)) holder[name] = random() < 0.5 ? [] : [...before, ...(before as unknown[])];
  else holder[name] = {};
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
