import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';

/**
 * Whether Anthropic's grammar cannot hold the schema at all: objects whose fields have any name, and schemas that
 * contain themselves. https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function isBeyondGrammar(schema: Fields): boolean {
  return hasFreeFields(schema) || isRecursive(schema, schema, new Set());
}

function hasFreeFields(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasFreeFields);
  if (!isFields(value)) return false;
  const { additionalProperties: more, properties, type } = value;
  const isOpen = more !== undefined && more !== false;
  if (isOpen || value.patternProperties !== undefined) return true;
  if (type === 'object' && properties === undefined && more !== false) return true;
  return Object.values(value).some(hasFreeFields);
}

/** @param within the references that led here */
function isRecursive(value: unknown, root: Fields, within: ReadonlySet<string>): boolean {
  if (Array.isArray(value)) return value.some((item) => isRecursive(item, root, within));
  if (!isFields(value)) return false;
  if (typeof value.$ref === 'string') {
    if (value.$ref === '#' || within.has(value.$ref)) return true;
    return isRecursive(referred(root, value.$ref), root, new Set([...within, value.$ref]));
  }
  // What is only defined counts where it is referred to.
  return Object.entries(value).some(
    ([name, item]) => name !== '$defs' && name !== 'definitions' && isRecursive(item, root, within),
  );
}

function referred(root: Fields, reference: string): unknown {
  let here: unknown = root;
  for (const step of reference.split('/').slice(1)) here = isFields(here) ? here[step] : undefined;
  return here;
}
