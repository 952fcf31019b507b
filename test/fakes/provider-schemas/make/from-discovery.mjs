import { mapped, mappedValues } from './shape.mjs';

const PREFIX = 'GoogleCloudAiplatformV1';
export const BASE64_PATTERN = '^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2,3}={0,2})?$';

/** JSON Schemas of the messages of a Google discovery document; what it does not name is refused. */
export function fromDiscovery({ schemas }) {
  const named = Object.entries(schemas)
    .filter(([name]) => name.startsWith(PREFIX) || name.startsWith('GoogleType'))
    .map(([name, schema]) => [short(name), required(closed(mapped(schema, plain)))]);
  return Object.fromEntries(named);
}

const short = (name) => (name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name);

/** One schema in the words of JSON Schema; 64-bit numbers may be written either way. */
function plain({ $ref, id, enumDescriptions, enumDeprecated, readOnly, format, type, ...rest }) {
  if ($ref !== undefined) return { ...rest, $ref: `#/definitions/${short($ref)}` };
  if (type === 'any') return rest;
  if (format === 'int64') return { ...rest, type: ['string', 'integer'] };
  if (format === 'byte') return { ...rest, type, pattern: BASE64_PATTERN };
  return { ...rest, ...(type && { type }) };
}

const closed = (schema) =>
  mapped(schema, (one) => (one.properties ? { ...one, additionalProperties: false } : one));

/** The documents mark nothing as required, their words do. */
export function required(definition) {
  const names = Object.entries(definition.properties ?? {})
    .filter(([, { description }]) => /^Required\b/.test(description ?? ''))
    .map(([name]) => name);
  const all = [...new Set([...(definition.required ?? []), ...names])];
  return all.length === 0 ? definition : { ...definition, required: all };
}

/** @google/genai's types, without what its comments say the API does not have. */
export function only(definitions, missing) {
  const isMissing = ({ description = '' }) => missing.test(description.replaceAll(/\s+/g, ' '));
  const kept = (one) => {
    if (!one.properties) return one;
    const properties = Object.entries(one.properties).filter(([, property]) => !isMissing(property));
    return { ...one, properties: Object.fromEntries(properties) };
  };
  return Object.fromEntries(
    Object.entries(mappedValues(definitions, kept)).map(([name, one]) => [name, required(one)]),
  );
}
