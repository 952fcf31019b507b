import { firstOf, listOf, schemaFault, textOf, type Json, type Rules } from './rules.ts';

/** https://platform.openai.com/docs/api-reference/chat/create */
export const chatRules: Rules = (body) =>
  firstOf([
    ...listOf(body.tools).map((tool, at) =>
      functionFault((tool.function ?? {}) as Json, `/tools/${at}/function`),
    ),
    formatFault(body.response_format as Json | undefined, '/response_format'),
    unansweredCall(listOf(body.messages)),
    unknownChoice(body, ({ function: named }) => (named as Json | undefined)?.name),
    body.top_logprobs != null && body.logprobs !== true ? '/top_logprobs needs logprobs' : undefined,
    body.stream_options != null && body.stream !== true ? '/stream_options needs stream' : undefined,
  ]);

function unknownChoice(body: Json, nameOf: (named: Json) => unknown): string | undefined {
  const name = nameOf((body.tool_choice ?? {}) as Json);
  if (name === undefined || listOf(body.tools).some((tool) => nameOf(tool) === name)) return undefined;
  return `/tool_choice: ${textOf(name)} is not among the tools`;
}

/** Each call is answered before anything else is said, and nothing else is answered. */
function unansweredCall(messages: readonly Json[]): string | undefined {
  let open = new Set<unknown>();
  for (const [at, { role, tool_calls, tool_call_id }] of messages.entries()) {
    if (role === 'tool') {
      if (!open.delete(tool_call_id)) return `/messages/${at}/tool_call_id answers no call before it`;
    } else if (open.size > 0) return `/messages/${at}: ${[...open].join()} has no answer before it`;
    else {
      const ids = listOf(tool_calls).map(({ id }) => id);
      open = new Set(ids);
      if (open.size < ids.length) return `/messages/${at}/tool_calls have the same id twice`;
    }
  }
  return open.size > 0 ? `/messages: ${[...open].join()} has no answer` : undefined;
}

/** https://platform.openai.com/docs/api-reference/responses/create */
export const responsesRules: Rules = (body) =>
  firstOf([
    ...listOf(body.tools).map((tool, at) =>
      tool.type === 'function' ? functionFault(tool, `/tools/${at}`) : undefined,
    ),
    unknownChoice(body, ({ name }) => name),
    formatFault((body.text as Json | undefined)?.format as Json | undefined, '/text/format'),
    body.previous_response_id == null && body.conversation == null
      ? itemFault(listOf(body.input))
      : undefined,
    body.stream_options != null && body.stream !== true ? '/stream_options needs stream' : undefined,
  ]);

/** Calls and what answers them come in pairs, in whatever order of pairs; thoughts lead to something. */
function itemFault(items: readonly Json[]): string | undefined {
  const open = new Set<unknown>();
  for (const [at, { type, call_id }] of items.entries()) {
    if (type === 'function_call' && open.has(call_id)) return `/input/${at}/call_id is that of another call`;
    if (type === 'function_call') open.add(call_id);
    if (type === 'function_call_output' && !open.delete(call_id))
      return `/input/${at}/call_id answers no call before it`;
    if (type === 'reasoning' && !isOfAssistant(items[at + 1]))
      return `/input/${at} is a thought that leads to nothing`;
  }
  return open.size > 0 ? `/input: ${[...open].join()} has no output` : undefined;
}

const isOfAssistant = (item: Json | undefined) =>
  item !== undefined &&
  (item.role === 'assistant' || !['message', undefined].includes(item.type as string | undefined));

function functionFault({ parameters, strict }: Json, path: string): string | undefined {
  return (
    schemaFault(parameters, `${path}/parameters`) ??
    (parameters != null && (parameters as Json).type !== 'object'
      ? `${path}/parameters must be of type object`
      : undefined) ??
    (strict === true ? looseness(parameters, `${path}/parameters`) : undefined)
  );
}

function formatFault(format: Json | undefined, path: string): string | undefined {
  if (format?.type !== 'json_schema') return undefined;
  const { schema, strict } = (format.json_schema ?? format) as Json;
  return (
    schemaFault(schema, `${path}/schema`) ??
    (strict === true ? looseness(schema, `${path}/schema`) : undefined)
  );
}

/**
 * What a strict schema may not leave open.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
function looseness(schema: unknown, path: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if (Array.isArray(schema)) return firstOf(schema.map((one, at) => looseness(one, `${path}/${at}`)));
  const { type, properties, additionalProperties, required } = schema as Json;
  if ([type].flat().includes('object')) {
    if (additionalProperties !== false) return `${path} needs additionalProperties: false in strict mode`;
    const names = Object.keys(properties ?? {});
    const left = names.find((name) => !((required ?? []) as unknown[]).includes(name));
    if (left !== undefined) return `${path}/required lacks ${left} in strict mode`;
  }
  const inner = Object.entries(schema as Json).filter(
    ([name]) => !['enum', 'const', 'default', 'examples'].includes(name),
  );
  return firstOf(inner.map(([name, value]) => looseness(value, `${path}/${name}`)));
}
