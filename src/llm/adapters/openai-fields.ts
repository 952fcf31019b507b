import type { Conversation, OutputFormat } from '../conversation/conversation.js';
import type { Fields } from '../conversation/dialect.js';
import { optionalFields, optionalFlag, optionalText, textOf } from '../conversation/fields.js';
import { malformed, type Notes } from '../conversation/notes.js';
import { strictSchema } from '../conversation/strict-schema.js';
import type { FunctionTool } from '../conversation/tools.js';

/*
 * What Chat Completions and Responses write in the same words. `param` is the path of the value in the caller's
 * body.
 */

type SchemaFormat = Extract<OutputFormat, { readonly kind: 'schema' }>;

/** Models of OpenAI that know `prompt_cache_breakpoint`: gpt-5.6 and later, by the SDK's reference. */
const KNOWS_BREAKPOINTS = /^gpt-(5\.([6-9]|\d\d)|[6-9]|\d\d)/;

export function knowsBreakpoints(model: string): boolean {
  return KNOWS_BREAKPOINTS.test(model);
}

/**
 * The format of an answer by its type. @param readSchema reads the one that has a schema, which stands elsewhere in
 * each dialect. @throws KeywheelError bad_body
 */
export function readFormat(
  value: unknown,
  param: string,
  readSchema: (format: Fields) => SchemaFormat,
): OutputFormat | undefined {
  const format = optionalFields(value, param);
  if (!format) return undefined;
  if (format.type === 'text') return { kind: 'text' };
  if (format.type === 'json_object') return { kind: 'json' };
  if (format.type === 'json_schema') return readSchema(format);
  return malformed(`${param}.type must be 'text', 'json_object' or 'json_schema'.`, `${param}.type`);
}

/** @throws KeywheelError bad_body */
export function readSchemaFormat(format: Fields, schema: Fields, param: string): SchemaFormat {
  const name = optionalText(format.name, `${param}.name`);
  const description = optionalText(format.description, `${param}.description`);
  const strict = optionalFlag(format.strict, `${param}.strict`);
  return {
    kind: 'schema',
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  };
}

/** Name, schema and what else describes a format. */
export function writeSchemaFormat({ name = 'answer', description, schema, strict }: SchemaFormat): Fields {
  return {
    // Other characters and longer names are refused.
    name: name.replaceAll(/[^a-zA-Z0-9_-]/g, '_').slice(0, 64) || 'answer',
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  };
}

/** What OpenAI would not take as strict is asked for without its guarantee. */
export function guaranteedFormat(output: OutputFormat, notes: Notes): OutputFormat {
  if (output.kind !== 'schema' || !output.strict) return output;
  const schema = strictSchema(output.schema);
  if (schema) return { ...output, schema };
  notes.dropped('strict');
  return { ...output, strict: false };
}

/** The same of a tool, whose arguments are an object that names its fields in any case. */
export function guaranteedTool(tool: FunctionTool, notes: Notes): FunctionTool {
  const parameters = { type: 'object', properties: {}, ...tool.parameters };
  if (!tool.strict) return { ...tool, parameters };
  const schema = strictSchema(parameters);
  if (schema) return { ...tool, parameters: schema };
  notes.dropped('strict');
  return { ...tool, parameters, strict: false };
}

/** @throws KeywheelError bad_body */
export function readLabels(body: Fields): Pick<Conversation, 'user' | 'cacheKey' | 'labels'> {
  const user = optionalText(body.safety_identifier, 'safety_identifier') ?? optionalText(body.user, 'user');
  const cacheKey = optionalText(body.prompt_cache_key, 'prompt_cache_key');
  const metadata = optionalFields(body.metadata, 'metadata');
  const labels = Object.entries(metadata ?? {}).map(
    ([name, value]) => [name, textOf(value, `metadata.${name}`)] as const,
  );
  return {
    ...(user !== undefined && { user }),
    ...(cacheKey !== undefined && { cacheKey }),
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
  };
}
