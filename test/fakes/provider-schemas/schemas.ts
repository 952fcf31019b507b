import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { faultsOf } from './wording.ts';

const FILES = [
  'openai',
  'anthropic',
  'gemini',
  'vertex',
  'answers-openai',
  'answers-anthropic',
  'answers-gemini',
];

let known: Ajv | undefined;

/** All schemas, read once; each is compiled when it is first asked for. */
function schemas(): Ajv {
  if (known) return known;
  known = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, strictTypes: false });
  for (const name of FILES) known.addSchema(schemaIn(name));
  return known;
}

/** With references that also hold where a part of it stands alone. */
function schemaIn(name: string): object {
  const text = readFileSync(join(import.meta.dirname, `${name}.json`), 'utf8');
  return JSON.parse(text.replaceAll('"$ref":"#/', `"$ref":"${name}#/`)) as object;
}

/** What is wrong with a value, each fault with its path; undefined where the schema takes it. */
export function misfit(schema: string, value: unknown): string | undefined {
  const validate = schemas().getSchema(schema);
  if (!validate) throw new Error(`no schema ${schema}`);
  if (validate(value)) return undefined;
  return `${schema}: ${faultsOf(schemas(), validate.errors ?? []).join('; ')}`;
}
