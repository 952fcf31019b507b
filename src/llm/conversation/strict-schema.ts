import type { Fields } from './dialect.js';
import { isFields } from './fields.js';

/*
 * OpenAI guarantees schemas in which every object names all of its fields, wants each, and allows no other; as strict
 * it takes no schema else. https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */

/** Whether no object in the schema may leave a field out or add one. */
export function wantsEveryField(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(wantsEveryField);
  if (!isFields(schema)) return true;
  if (isFields(schema.properties) || isObjectType(schema.type)) {
    const names = Object.keys(isFields(schema.properties) ? schema.properties : {});
    const required = Array.isArray(schema.required) ? schema.required : [];
    const wanted = names.every((name) => required.includes(name));
    if (!wanted || schema.additionalProperties !== false) return false;
  }
  return Object.values(schema).every(wantsEveryField);
}

/**
 * The schema as OpenAI takes it for strict. Objects that name fields and say nothing of others are closed, as those who
 * guarantee them elsewhere mean them; undefined where fields are left open on purpose.
 */
export function strictSchema(schema: Fields): Fields | undefined {
  const out = closed(schema);
  return isFields(out) && wantsEveryField(out) ? out : undefined;
}

const SCHEMAS: ReadonlySet<string> = new Set(['items', 'anyOf', 'oneOf', 'allOf', 'prefixItems', 'not']);
const SCHEMAS_BY_NAME: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions']);

function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isFields(schema)) return schema;
  const entries = Object.entries(schema).map(([name, value]): [string, unknown] => {
    if (SCHEMAS.has(name)) return [name, closed(value)];
    if (!SCHEMAS_BY_NAME.has(name) || !isFields(value)) return [name, value];
    return [name, Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]))];
  });
  const isOpen = isFields(schema.properties) && schema.additionalProperties === undefined;
  return Object.fromEntries(isOpen ? [...entries, ['additionalProperties', false]] : entries);
}

const isObjectType = (type: unknown) =>
  type === 'object' || (Array.isArray(type) && (type as unknown[]).includes('object'));
