import type { Fields } from '../../conversation/dialect.js';
import { fieldsOf, optionalNumber } from '../../conversation/fields.js';

/*
 * Google's REST layer reads protocol buffers from JSON: field names in camelCase or as in the .proto file, and whole
 * numbers of 64 bits as text. https://protobuf.dev/programming-guides/json
 */

const SNAKE = /_([a-z0-9])/g;
const camelNames = new Map<string, string>();
/** Names that clients made up are not remembered for ever. */
const MOST_NAMES = 500;

/** The message's fields by their names in camelCase. What lies deeper stays as it is. */
export function camelFields(fields: Fields): Fields {
  for (const name in fields) if (name.includes('_')) return renamed(fields);
  return fields;
}

/** @throws KeywheelError bad_body where it is no object */
export function messageOf(value: unknown, param: string): Fields {
  return camelFields(fieldsOf(value, param));
}

/** @throws KeywheelError bad_body where it is something else than an object */
export function optionalMessage(value: unknown, param: string): Fields | undefined {
  return value === undefined || value === null ? undefined : messageOf(value, param);
}

/** @throws KeywheelError bad_body where it is something else than a number, or a number as text */
export function optionalProtoNumber(value: unknown, param: string): number | undefined {
  if (typeof value === 'string' && value.trim() !== '') return optionalNumber(Number(value), param);
  const raw = rawNumber(value);
  return optionalNumber(raw ?? value, param);
}

/** Of a number that precise-json kept as text. */
function rawNumber(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { rawJSON } = value as { readonly rawJSON?: unknown };
  return Object.isFrozen(value) && typeof rawJSON === 'string' ? Number(rawJSON) : undefined;
}

function renamed(fields: Fields): Fields {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const camel = name.includes('_') ? camelName(name) : name;
    if (camel === '__proto__') continue;
    out[camel] = fields[name];
  }
  return out;
}

function camelName(name: string): string {
  let camel = camelNames.get(name);
  if (camel === undefined) {
    camel = name.replace(SNAKE, (_, letter: string) => letter.toUpperCase());
    if (camelNames.size < MOST_NAMES) camelNames.set(name, camel);
  }
  return camel;
}
