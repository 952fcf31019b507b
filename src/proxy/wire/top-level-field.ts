import { sliceOf, textOf } from './chunk-slice.js';
import { MemberReader, type Member } from './json-members.js';

export type Scalar = string | number | boolean | null;

export interface TopLevel {
  /** Of the fields asked for, those whose value is no array or object; of repeated ones the last, like JSON.parse. */
  readonly values: ReadonlyMap<string, Scalar>;
  /** Of the fields asked for, those that occur more than once: parsers differ about which of them counts. */
  readonly duplicates: ReadonlySet<string>;
  /**
   * Of the fields asked for, those of which a name occurs that differs in the case of its letters alone: some
   * servers (Go's `encoding/json`) take it for the same field, so it could say what we did not see.
   * https://pkg.go.dev/encoding/json#Unmarshal
   */
  readonly lookalikes: ReadonlySet<string>;
  /**
   * The body is no JSON object, as far as the scan can see without parsing what is inside its values. What was
   * found before the fault is kept.
   */
  readonly malformed: boolean;
}

export interface ScanOptions {
  /** Stop as soon as every field was found once: duplicates and faults behind that go unseen. */
  readonly untilFound?: boolean;
  /**
   * Of these fields, where the value is a small object, a member of it counts as the value: `{metadata: 'user_id'}`. A
   * string counts as itself.
   */
  readonly inner?: Readonly<Record<string, string>>;
}

const INNER_BYTES = 4096;
/** Longest text of a key in which one character may be written as `\uXXXX`. */
const ESCAPED_LENGTH = 6;
/** Most bytes of a letter that is folded to an ASCII one. */
const FOREIGN_LENGTH = 3;
const LAST_ASCII = 0x7f;

/** Of what nearly every body has none. */
const NONE: ReadonlySet<string> = new Set();

function plus(names: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return names.has(name) ? names : new Set(names).add(name);
}

/** Finds some top-level fields of a JSON object in its bytes, without parsing the rest. */
export function scanTopLevel(
  chunks: readonly Buffer[],
  fields: readonly string[],
  options: ScanOptions = {},
): TopLevel {
  const found = new Map<string, Scalar>();
  const seen: string[] = [];
  let duplicates = NONE;
  let lookalikes = NONE;
  let malformed = false;
  const reader = new MemberReader((member) => {
    const field = nameOf(chunks, member, fields);
    if (field === undefined) return;
    if (!fields.includes(field)) {
      const meant = fields.find((wanted) => isLookalike(field, wanted));
      if (meant !== undefined) lookalikes = plus(lookalikes, meant);
      return;
    }
    if (seen.includes(field)) {
      duplicates = plus(duplicates, field);
      found.delete(field);
    } else seen.push(field);
    const inner = options.inner?.[field];
    const value = inner === undefined ? scalarAt(chunks, member) : innerAt(chunks, member, inner);
    if (value === INVALID) malformed = true;
    else if (value !== undefined) found.set(field, value);
  });
  for (const chunk of chunks) {
    if (options.untilFound) feedUntil(reader, chunk, () => seen.length === fields.length);
    else reader.feed(chunk);
    if (options.untilFound && seen.length === fields.length)
      return { values: found, duplicates, lookalikes, malformed };
    if (reader.broken) break;
  }
  return { values: found, duplicates, lookalikes, malformed: malformed || !reader.complete };
}

/** A large chunk is read in growing pieces, so that what stands at its beginning is found without the rest. */
function feedUntil(reader: MemberReader, chunk: Buffer, enough: () => boolean): void {
  let size = 512;
  for (let at = 0; at < chunk.length && !reader.broken && !enough(); at += size, size *= 2) {
    if (at > 0) size = Math.min(size, chunk.length - at);
    reader.feed(chunk.subarray(at, at + size));
  }
}

/** One top-level string field; `value` is undefined where it is absent or no string. */
export function findTopLevelString(
  chunks: readonly Buffer[],
  field: string,
): { value: string | undefined; duplicate: boolean; malformed: boolean } {
  const { values, duplicates, malformed } = scanTopLevel(chunks, [field]);
  const value = values.get(field);
  return {
    value: typeof value === 'string' ? value : undefined,
    duplicate: duplicates.has(field),
    malformed,
  };
}

/** Which of the fields a member is, if any. */
export function fieldOf(
  chunks: readonly Buffer[],
  member: Member,
  fields: readonly string[],
): string | undefined {
  const name = nameOf(chunks, member, fields);
  return name !== undefined && fields.includes(name) ? name : undefined;
}

/** A member's name, where it may be one of the fields, or mean one. */
function nameOf(chunks: readonly Buffer[], member: Member, fields: readonly string[]): string | undefined {
  if (!mayBeAny(chunks, member, fields)) return undefined;
  const key = textOf(chunks, member.keyStart, member.keyEnd);
  const name = member.keyEscaped ? parsed(key) : key.slice(1, -1);
  return typeof name === 'string' ? name : undefined;
}

/** Whether a name is a field but for case, as Go folds it: `ſ` is an `s`, and the Kelvin sign a `k` (here, too). */
function isLookalike(name: string, field: string): boolean {
  return name.length === field.length && name.toLowerCase().replaceAll('ſ', 's') === field.toLowerCase();
}

/** By its length alone: most names are told apart without being read. */
function mayBeAny(chunks: readonly Buffer[], member: Member, fields: readonly string[]): boolean {
  const { keyStart, keyEnd, keyEscaped } = member;
  const length = keyEnd - keyStart - 2;
  const factor = keyEscaped ? ESCAPED_LENGTH : FOREIGN_LENGTH;
  let isLonger = false;
  for (const field of fields) {
    if (length === field.length) return true;
    if (length > field.length && length <= field.length * factor) isLonger = true;
  }
  return isLonger && (keyEscaped || hasForeign(chunks, keyStart, keyEnd));
}

/** Whether there are letters that take more than a byte. */
function hasForeign(chunks: readonly Buffer[], start: number, end: number): boolean {
  // Of one chunk in place: a view costs more than to look.
  const isOne = chunks.length === 1;
  const bytes = isOne ? chunks[0]! : sliceOf(chunks, start, end);
  const first = isOne ? start : 0;
  for (let i = first; i < first + end - start; i++) if (bytes[i]! > LAST_ASCII) return true;
  return false;
}

const INVALID = Symbol('no JSON');

/** The value of a member: undefined for arrays and objects. */
function scalarAt(chunks: readonly Buffer[], member: Member): Scalar | undefined | typeof INVALID {
  const text = textOf(chunks, member.valueStart, member.valueEnd);
  if (text.startsWith('{') || text.startsWith('[')) return undefined;
  return parsed(text);
}

/** A member of a small object, or a small string; undefined where there is none, or it is no scalar. */
function innerAt(
  chunks: readonly Buffer[],
  { valueStart, valueEnd }: Member,
  name: string,
): Scalar | undefined {
  if (valueEnd - valueStart > INNER_BYTES) return undefined;
  const value: unknown = parsed(textOf(chunks, valueStart, valueEnd));
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  const found = (value as Record<string, unknown>)[name];
  return typeof found === 'string' || typeof found === 'number' ? found : undefined;
}

function parsed(text: string): Scalar | typeof INVALID {
  try {
    return JSON.parse(text) as Scalar;
  } catch {
    return INVALID;
  }
}
