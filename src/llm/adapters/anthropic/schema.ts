import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';

/**
 * What Anthropic's grammar for guaranteed output understands. The rest is told in words instead: the keywords move
 * into the description. https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
const PLAIN = new Set([
  'type',
  'enum',
  'const',
  'title',
  'description',
  'default',
  '$ref',
  'required',
  '$id',
]);
const SCHEMAS = new Set(['anyOf', 'allOf', 'oneOf']);
const NAMED_SCHEMAS = new Set(['properties', '$defs', 'definitions']);
const FORMATS = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
]);

interface Relaxed {
  readonly schema: Fields;
  /** Whether something is only told in words now. */
  readonly lost: boolean;
}

/** The schema as the grammar takes it. */
export function withinGrammar(schema: Fields): Relaxed {
  const told: string[] = [];
  return { schema: relaxed(schema, told), lost: told.length > 0 };
}

/** @param lost gets what could not be kept, of this schema and all within */
function relaxed(schema: Fields, lost: string[]): Fields {
  const kept: Record<string, unknown> = {};
  const words: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (!keep(name, value, kept, lost) && name !== '$schema') words.push(`${name}: ${JSON.stringify(value)}`);
  }
  if (kept.type === 'object' || kept.properties !== undefined) {
    if (schema.additionalProperties !== false && schema.additionalProperties !== undefined) {
      words.push(`additionalProperties: ${JSON.stringify(schema.additionalProperties)}`);
    }
    kept.additionalProperties = false;
  }
  if (words.length > 0) {
    lost.push(...words);
    const before = typeof kept.description === 'string' ? `${kept.description}\n\n` : '';
    kept.description = `${before}{${words.join(', ')}}`;
  }
  return kept;
}

/** Whether the keyword could be kept; it is in `kept` then. */
function keep(name: string, value: unknown, kept: Record<string, unknown>, lost: string[]): boolean {
  if (PLAIN.has(name)) kept[name] = value;
  // The grammar has no "exactly one of".
  else if (SCHEMAS.has(name)) kept[name === 'oneOf' ? 'anyOf' : name] = each(value, lost);
  else if (NAMED_SCHEMAS.has(name)) kept[name] = eachNamed(value, lost);
  else if (name === 'items') kept[name] = Array.isArray(value) ? each(value, lost) : one(value, lost);
  else if (name === 'format' && typeof value === 'string' && FORMATS.has(value)) kept[name] = value;
  else if (name === 'minItems' && (value === 0 || value === 1)) kept[name] = value;
  else return name === 'additionalProperties';
  return true;
}

function one(value: unknown, lost: string[]): unknown {
  return isFields(value) ? relaxed(value, lost) : value;
}

function each(value: unknown, lost: string[]): unknown {
  return Array.isArray(value) ? value.map((item: unknown) => one(item, lost)) : value;
}

function eachNamed(value: unknown, lost: string[]): unknown {
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, one(item, lost)]));
}
