import { firstOf, listOf, schemaFault, textOf, type Json, type Rules } from './rules.ts';

/** https://ai.google.dev/api/generate-content */
export const geminiRules: Rules = (body) => {
  const config = (body.generationConfig ?? {}) as Json;
  const declarations = listOf(body.tools).flatMap(({ functionDeclarations }) => listOf(functionDeclarations));
  return firstOf([
    ...declarations.map(declarationFault),
    twice(declarations.map(({ name }) => name)),
    ...configFaults(config),
    callingFault(((body.toolConfig ?? {}) as Json).functionCallingConfig as Json | undefined, declarations),
    answerFault(listOf(body.contents)),
  ]);
};

function twice(names: readonly unknown[]): string | undefined {
  const again = names.find((name, at) => names.indexOf(name) !== at);
  return again === undefined ? undefined : `/tools: Duplicate function declaration found: ${textOf(again)}`;
}

function declarationFault({ name, parameters, parametersJsonSchema }: Json): string | undefined {
  const path = `/tools/${textOf(name)}`;
  if (parameters !== undefined && parametersJsonSchema !== undefined)
    return `${path}: parameters are said twice`;
  const type = (parametersJsonSchema as Json | undefined)?.type ?? 'object';
  if (type !== 'object') return `${path}/parametersJsonSchema must be of type object`;
  return (
    schemaFault(parametersJsonSchema, `${path}/parametersJsonSchema`) ??
    emptyObject(parameters, `${path}/parameters`)
  );
}

/** Google's own schemas know no object without properties, and no array without items. */
function emptyObject(schema: unknown, path: string): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { type, properties, items, anyOf, enum: values } = schema as Json;
  const own = (properties ?? {}) as Json;
  const kind = textOf(type).toUpperCase();
  if (kind === 'OBJECT' && Object.keys(own).length === 0)
    return `${path}.properties: should be non-empty for OBJECT type`;
  if (kind === 'ARRAY' && items === undefined) return `${path}.items: missing field.`;
  if (values !== undefined && kind !== 'STRING') return `${path}.enum: only allowed for STRING type`;
  return firstOf([
    ...Object.entries(own).map(([name, inner]) => emptyObject(inner, `${path}/${name}`)),
    emptyObject(items, `${path}/items`),
    ...listOf(anyOf).map((inner, at) => emptyObject(inner, `${path}/anyOf/${at}`)),
  ]);
}

function configFaults(config: Json): (string | undefined)[] {
  const { responseSchema, responseJsonSchema, responseMimeType, responseLogprobs, logprobs } = config;
  const { thinkingBudget, thinkingLevel } = (config.thinkingConfig ?? {}) as Json;
  const isSchema = responseSchema !== undefined || responseJsonSchema !== undefined;
  const fits = responseMimeType === 'application/json' || responseMimeType === 'text/x.enum';
  return [
    isSchema && !fits ? '/generationConfig: a schema needs responseMimeType application/json' : undefined,
    responseSchema !== undefined && responseJsonSchema !== undefined
      ? '/generationConfig: two schemas'
      : undefined,
    schemaFault(responseJsonSchema, '/generationConfig/responseJsonSchema'),
    logprobs !== undefined && responseLogprobs !== true
      ? '/generationConfig/logprobs needs responseLogprobs'
      : undefined,
    thinkingBudget !== undefined && thinkingLevel !== undefined
      ? '/generationConfig/thinkingConfig takes a budget or a level'
      : undefined,
  ];
}

function callingFault(config: Json | undefined, declarations: readonly Json[]): string | undefined {
  if (config === undefined) return undefined;
  const { mode, allowedFunctionNames } = config;
  const allowed = (allowedFunctionNames ?? []) as unknown[];
  if (allowed.length > 0 && mode !== 'ANY' && mode !== 'VALIDATED') return '/toolConfig: names need mode ANY';
  const unknown = allowed.find((name) => !declarations.some((one) => one.name === name));
  return unknown === undefined ? undefined : `/toolConfig: ${textOf(unknown)} is not declared`;
}

/**
 * Each call has an answer of its name in the turn after it, and a turn of calls does not begin the conversation.
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/Content#functionresponse
 */
function answerFault(contents: readonly Json[]): string | undefined {
  let open: string[] = [];
  for (const { role, parts, at } of turnsOf(contents)) {
    const answers = namesOf(parts, 'functionResponse');
    if (answers.length > 0 && role === 'model') {
      return `/contents/${at}: function responses are not the model's`;
    }
    if (answers.join() !== open.join()) {
      return `/contents/${at}: function responses [${answers.join()}] for function calls [${open.join()}]`;
    }
    open = namesOf(parts, 'functionCall');
    if (open.length > 0 && (at === 0 || role !== 'model')) {
      return `/contents/${at}: function calls are the model's, after a user turn or a function response turn`;
    }
  }
  return open.length > 0 ? '/contents: function calls without responses' : undefined;
}

interface Turn {
  readonly role: unknown;
  readonly parts: readonly Json[];
  /** Of its first content. */
  readonly at: number;
}

/** Contents of one role in a row are one turn: Google's own SDK keeps each event of a stream as a content. */
function turnsOf(contents: readonly Json[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const [at, content] of contents.entries()) {
    const role = content.role ?? 'user';
    const parts = listOf(content.parts);
    const last = turns.at(-1);
    if (last?.role === role) turns[turns.length - 1] = { ...last, parts: [...last.parts, ...parts] };
    else turns.push({ role, parts, at });
  }
  return turns;
}

const namesOf = (parts: readonly Json[], field: string): string[] =>
  parts.flatMap((part) => (part[field] === undefined ? [] : [textOf((part[field] as Json).name)])).sort();
