import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { camelFields } from './proto.js';

/** Counts that the protocol buffer writes as text. */
const COUNTS: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

/**
 * Gemini's `Schema`, a part of OpenAPI's, as JSON Schema: types in lower case, `nullable` as a type of its own.
 * https://ai.google.dev/api/caching#Schema
 */
export function jsonSchemaOf(schema: Fields): Fields {
  const out: Record<string, unknown> = {};
  const { nullable, type, ...rest } = camelFields(schema);
  const lower = typeof type === 'string' && type !== 'TYPE_UNSPECIFIED' ? type.toLowerCase() : undefined;
  if (lower !== undefined) out.type = nullable === true && lower !== 'null' ? [lower, 'null'] : lower;
  for (const [name, value] of Object.entries(rest)) {
    if (value !== null && value !== undefined) out[name] = converted(name, value);
  }
  if (nullable === true) allowNull(out);
  return out;
}

function converted(name: string, value: unknown): unknown {
  if (name === 'properties' || name === 'defs') return isFields(value) ? mapValues(value, subSchema) : value;
  if (name === 'anyOf' || name === 'prefixItems') return Array.isArray(value) ? value.map(subSchema) : value;
  if (name === 'items' || name === 'additionalProperties') return subSchema(value);
  if (COUNTS.has(name) && typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  return value;
}

function subSchema(value: unknown): unknown {
  return isFields(value) ? jsonSchemaOf(value) : value;
}

/** Null must be among the values wherever they are listed. */
function allowNull(schema: Record<string, unknown>): void {
  if (Array.isArray(schema.enum) && !schema.enum.includes(null))
    schema.enum = [...(schema.enum as unknown[]), null];
  if (schema.type === undefined && Array.isArray(schema.anyOf)) {
    schema.anyOf = [...(schema.anyOf as unknown[]), { type: 'null' }];
  }
}

const SCHEMAS: ReadonlySet<string> = new Set(['items', 'additionalProperties', 'not']);
const SCHEMA_LISTS: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const SCHEMA_MAPS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties']);

/**
 * The schema without `const`, which `responseJsonSchema` does not know: an `enum` of one value says the same.
 * https://ai.google.dev/api/generate-content#generationconfig
 */
export function withoutConst(schema: Fields): Fields {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'const') out.enum = [value];
    else if (SCHEMAS.has(name)) out[name] = deeper(value);
    else if (SCHEMA_LISTS.has(name) && Array.isArray(value)) out[name] = value.map(deeper);
    else if (SCHEMA_MAPS.has(name) && isFields(value)) out[name] = mapValues(value, deeper);
    else out[name] = value;
  }
  return out;
}

function deeper(value: unknown): unknown {
  return isFields(value) ? withoutConst(value) : value;
}

function mapValues(fields: Fields, map: (value: unknown) => unknown): Fields {
  const out: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    // Properties may have any name; this one would be lost otherwise.
    if (name === '__proto__')
      Object.defineProperty(out, name, { value: map(fields[name]), enumerable: true });
    else out[name] = map(fields[name]);
  }
  return out;
}
