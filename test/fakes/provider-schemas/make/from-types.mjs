import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mappedValues } from './shape.mjs';

const OPTIONS = { target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: true, types: [] };

/**
 * JSON Schemas of the types that a file names, made of the SDKs' own declarations.
 * @param folder in whose node_modules the generator is
 */
export function typeReader(folder, file) {
  const path = join(import.meta.dirname, file);
  const { createGenerator } = createRequire(join(folder, 'x.js'))('ts-json-schema-generator');
  return (types, jsDoc) => {
    const temporary = mkdtempSync(join(tmpdir(), 'schemas-'));
    const tsconfig = join(temporary, 'tsconfig.json');
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions: OPTIONS, files: [path] }));
    const generator = createGenerator({ path, tsconfig, type: '*', jsDoc, skipTypeCheck: true });
    rmSync(temporary, { recursive: true });
    return types.reduce((all, type) => ({ ...all, ...generator.createSchema(type).definitions }), {});
  };
}

/** Drops words, which nothing checks. */
export const wordless = (definitions) =>
  mappedValues(definitions, ({ description, deprecated, default: _default, title, ...schema }) => schema);

/** Made by the SDK, or newer than most that speak the protocol. */
const NOT_SENT = new Set(['output_text', 'access_programs', 'caller', 'cache_write_tokens']);

/** As answers are read: fields that nobody knows are passed over, and null says the same as no field. */
export const opened = (definitions) =>
  mappedValues(definitions, (schema) => {
    if (!schema.properties) return schema;
    const { additionalProperties: _closed, required = [], ...rest } = schema;
    const wanted = required.filter((name) => !NOT_SENT.has(name) && !takesNull(schema.properties[name]));
    const properties = Object.entries(schema.properties).map(([name, one]) =>
      wanted.includes(name) || takesNull(one) ? [name, one] : [name, { anyOf: [one, { type: 'null' }] }],
    );
    return { ...rest, properties: Object.fromEntries(properties), required: wanted };
  });

const takesNull = ({ type, anyOf = [] }) =>
  [type].flat().includes('null') || anyOf.some((one) => one.type === 'null');
