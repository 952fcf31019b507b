/** Keywords whose value is no schema, but schemas by name. */
const BY_NAME = new Set(['properties', 'definitions', '$defs']);

/** Changes every schema inside a schema, the innermost first. */
export function mapped(schema, change) {
  if (Array.isArray(schema)) return schema.map((one) => mapped(one, change));
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.entries(schema).map(([key, value]) => {
    if (key === 'enum' || key === 'const') return [key, value];
    return [key, BY_NAME.has(key) ? mappedValues(value, change) : mapped(value, change)];
  });
  return change(Object.fromEntries(inside));
}

export const mappedValues = (schemas, change) =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, mapped(schema, change)]));

/** A definition of which nothing but its `type` is checked: what no request of ours needs. */
export function opaque(schema) {
  const { type } = schema.properties ?? {};
  return type ? { type: 'object', properties: { type }, required: ['type'] } : { type: 'object' };
}

/** Adds what is only said in words. */
export function limit(definitions, limits) {
  for (const [name, property, keywords] of limits) {
    const definition = definitions[name];
    const path = property?.split('.') ?? [];
    const target = path.reduce((schema, field) => schema?.properties?.[field], definition);
    if (target === undefined) throw new Error(`nothing to limit: ${name}.${property}`);
    Object.assign(target, keywords, keywords.type === 'integer' && { type: integerOf(target.type) });
  }
}

const integerOf = (type) =>
  Array.isArray(type) ? type.map((one) => (one === 'number' ? 'integer' : one)) : 'integer';

/** The definitions that the roots need. */
export function reachable(definitions, roots) {
  const kept = {};
  const visit = (name) => {
    if (name in kept) return;
    if (!definitions[name]) throw new Error(`no definition ${name}`);
    kept[name] = definitions[name];
    mapped(definitions[name], (schema) => {
      if (typeof schema.$ref === 'string')
        visit(decodeURIComponent(schema.$ref.slice('#/definitions/'.length)));
      return schema;
    });
  };
  roots.forEach(visit);
  return Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One definition a line, so that a new version of a source shows as a short diff. */
export function printed(head, definitions) {
  const lines = Object.entries(definitions).map(
    ([name, schema]) => `    ${JSON.stringify(name)}: ${JSON.stringify(schema)}`,
  );
  const fields = Object.entries(head).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  );
  return `{\n${fields.join('')}  "definitions": {\n${lines.join(',\n')}\n  }\n}\n`;
}
