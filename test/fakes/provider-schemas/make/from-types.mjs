import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mappedValues } from './shape.mjs';

const ENTRY = join(import.meta.dirname, 'entry.ts');
const OPTIONS = { target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: true, types: [] };

/**
 * JSON Schemas of the types that `entry.ts` names, made of the SDKs' own declarations.
 * @param folder in whose node_modules the generator is
 */
export function typeReader(folder) {
  const { createGenerator } = createRequire(join(folder, 'x.js'))('ts-json-schema-generator');
  return (types, jsDoc) => {
    const temporary = mkdtempSync(join(tmpdir(), 'schemas-'));
    const tsconfig = join(temporary, 'tsconfig.json');
    writeFileSync(tsconfig, JSON.stringify({ compilerOptions: OPTIONS, files: [ENTRY] }));
    const generator = createGenerator({ path: ENTRY, tsconfig, type: '*', jsDoc, skipTypeCheck: true });
    rmSync(temporary, { recursive: true });
    return types.reduce((all, type) => ({ ...all, ...generator.createSchema(type).definitions }), {});
  };
}

/** Drops words, which nothing checks. */
export const wordless = (definitions) =>
  mappedValues(definitions, ({ description, deprecated, default: _default, title, ...schema }) => schema);
