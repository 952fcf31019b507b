import type { Fields } from './dialect.js';
import { malformed } from './notes.js';

/*
 * Reading of parsed JSON whose shape nobody has checked yet. `param` is the path of the value in the caller's body,
 * as error messages name it: `messages.0.content`. A null counts as absent, as it does for the providers.
 */

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLongNumber(value);
}

/** A number with more digits than a double holds, see `precise-json.ts`. */
function isLongNumber(value: object): value is { readonly rawJSON: string } {
  return 'rawJSON' in value && Object.isFrozen(value);
}

/** @throws KeywheelError bad_body where it is no object */
export function fieldsOf(value: unknown, param: string): Fields {
  return isFields(value) ? value : malformed(`${param} must be an object.`, param);
}

/** @throws KeywheelError bad_body where it is something else than an object */
export function optionalFields(value: unknown, param: string): Fields | undefined {
  return value === undefined || value === null ? undefined : fieldsOf(value, param);
}

/** @throws KeywheelError bad_body where it is no text */
export function textOf(value: unknown, param: string): string {
  return typeof value === 'string' ? value : malformed(`${param} must be a string.`, param);
}

/** @throws KeywheelError bad_body where it is something else than a text */
export function optionalText(value: unknown, param: string): string | undefined {
  return value === undefined || value === null ? undefined : textOf(value, param);
}

/**
 * More digits than a double holds (`precise-json.ts`) are rounded.
 * @throws KeywheelError bad_body where it is something else than a finite number
 */
export function optionalNumber(value: unknown, param: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'object' && isLongNumber(value) ? Number(value.rawJSON) : value;
  return typeof number === 'number' && Number.isFinite(number)
    ? number
    : malformed(`${param} must be a number.`, param);
}

/** @throws KeywheelError bad_body where it is something else than true or false */
export function optionalFlag(value: unknown, param: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'boolean' ? value : malformed(`${param} must be true or false.`, param);
}

/** @throws KeywheelError bad_body where it is no list */
export function listOf(value: unknown, param: string): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : malformed(`${param} must be a list.`, param);
}

/** An absent list is empty. @throws KeywheelError bad_body where it is something else than a list */
export function optionalList(value: unknown, param: string): readonly unknown[] {
  return value === undefined || value === null ? [] : listOf(value, param);
}

/** @throws KeywheelError bad_body where it is something else than a list of texts */
export function optionalTexts(value: unknown, param: string): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return listOf(value, param).map((item, index) => textOf(item, `${param}.${index}`));
}

/** The fields that are not among the known ones and not null; undefined where there are none. */
export function otherFields(fields: Fields, known: ReadonlySet<string>): Fields | undefined {
  let others: Record<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (!known.has(name) && value !== undefined && value !== null) (others ??= {})[name] = value;
  }
  return others;
}
