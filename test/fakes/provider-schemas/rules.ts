import { Ajv2020 } from 'ajv/dist/2020.js';

export type Json = Record<string, unknown>;

/** Why the provider refuses a body that fits the schema; undefined where it does not. */
export type Rules = (body: Json) => string | undefined;

/** Of a field that may be missing. */
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** Of a field that should be text. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The first complaint there is. */
export function firstOf(complaints: Iterable<string | undefined>): string | undefined {
  for (const complaint of complaints) if (complaint !== undefined) return complaint;
  return undefined;
}

const dialect = new Ajv2020({ strict: false });

/** A schema that a client hands over has to be one. */
export function schemaFault(schema: unknown, path: string): string | undefined {
  if (schema === undefined || schema === null || dialect.validateSchema(schema)) return undefined;
  const { instancePath, message } = dialect.errors![0]!;
  return `${path}${instancePath} is no JSON Schema: ${message}`;
}
