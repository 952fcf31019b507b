import fc from 'fast-check';

const VALUES: readonly unknown[] = [
  null,
  0,
  -1,
  1e308,
  '',
  'x',
  '1',
  true,
  [],
  {},
  [null],
  { a: 1 },
  [[]],
  '__proto__',
];

/** The value with some of its fields replaced, left out or doubled, anywhere. */
export function mutated(value: unknown): fc.Arbitrary<unknown> {
  const places = placesOf(value, []);
  const mutation = fc.record({
    place: fc.constantFrom(...places),
    by: fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue({ maxDepth: 2 })),
    leaveOut: fc.boolean(),
  });
  return fc.array(mutation, { minLength: 1, maxLength: 3 }).map((mutations) => {
    let out: unknown = structuredClone(value);
    for (const { place, by, leaveOut } of mutations) out = changed(out, place, leaveOut ? undefined : by);
    return JSON.parse(JSON.stringify(out ?? null)) as unknown;
  });
}

type Place = readonly (string | number)[];

function placesOf(value: unknown, at: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [at, ...entries.flatMap(([name, inner]) => placesOf(inner, [...at, name]))];
}

function changed(value: unknown, place: Place, by: unknown): unknown {
  const [step, ...deeper] = place;
  // A whole that is no object never gets as far as a codec.
  if (step === undefined) return typeof by === 'object' && by !== null && !Array.isArray(by) ? by : value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return value;
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...(value as unknown[])] as never)
    : { ...value };
  copy[step] = deeper.length === 0 ? by : changed(copy[step], deeper, by);
  return copy;
}
