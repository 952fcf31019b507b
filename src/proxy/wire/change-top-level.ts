import { KeywheelError } from '../../kernel/errors.js';
import { partsOf, sliceOf } from './chunk-slice.js';
import { MemberReader, type Member } from './json-members.js';
import { fieldOf } from './top-level-field.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A JSON object's body of which some top-level fields are changed by a function of them alone; every other byte
 * stays. Only the named fields are parsed. `change` gets those that are there and returns them as they are to be,
 * new ones too; it removes none. The very same list of chunks where it changes nothing.
 * Throws KeywheelError `bad_body` where the body, or a named field, is no JSON.
 */
export function changeTopLevel(
  chunks: readonly Buffer[],
  names: readonly string[],
  change: (fields: Fields) => Fields,
): Buffer[] {
  const members = new Map<string, Member>();
  const reader = new MemberReader((member) => {
    const name = fieldOf(chunks, member, names);
    // Of a field that is there twice the last one counts, as for most parsers.
    if (name !== undefined) members.set(name, member);
  });
  for (const chunk of chunks) reader.feed(chunk);
  if (!reader.complete) throw badBody();
  const before: Record<string, unknown> = {};
  for (const [name, { valueStart, valueEnd }] of members) {
    before[name] = parsed(sliceOf(chunks, valueStart, valueEnd).toString());
  }
  const after = change(before);
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  if (changed.length === 0) return chunks as Buffer[];
  const replaced = changed.filter((name) => members.has(name));
  const added = changed.filter((name) => !members.has(name));
  const places = replaced.map((name) => ({ member: members.get(name)!, text: written(after[name]) }));
  places.sort((a, b) => a.member.valueStart - b.member.valueStart);
  return spliced(
    chunks,
    reader,
    places,
    added.map((name) => `${written(name)}:${written(after[name])}`),
  );
}

function spliced(
  chunks: readonly Buffer[],
  { opened, count }: MemberReader,
  places: readonly { member: Member; text: string }[],
  added: readonly string[],
): Buffer[] {
  const parts = partsOf(chunks, 0, opened);
  if (added.length > 0) parts.push(Buffer.from(added.join(',') + (count > 0 ? ',' : '')));
  let from = opened;
  for (const { member, text } of places) {
    parts.push(...partsOf(chunks, from, member.valueStart), Buffer.from(text));
    from = member.valueEnd;
  }
  parts.push(...partsOf(chunks, from, Infinity));
  return parts;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badBody();
  }
}

/** What is nested too deep to be written was too deep to be meant. */
function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw badBody();
  }
}

function badBody(): KeywheelError {
  return new KeywheelError('bad_body', 'The body is not a JSON object.');
}
