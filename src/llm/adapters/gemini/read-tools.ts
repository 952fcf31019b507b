import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  optionalFields,
  optionalList,
  optionalText,
  optionalTexts,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { FunctionTool, HostedTool, Tool, ToolChoice } from '../../conversation/tools.js';
import { camelFields, messageOf, optionalMessage } from './proto.js';
import { jsonSchemaOf } from './schema.js';

const KNOWN_OF_FUNCTIONS: ReadonlySet<string> = new Set([
  'name',
  'description',
  'parameters',
  'parametersJsonSchema',
]);

/** @throws KeywheelError bad_body */
export function readTools(tools: unknown): readonly Tool[] {
  return optionalList(tools, 'tools').flatMap((tool, index) => readTool(tool, `tools.${index}`));
}

function readTool(value: unknown, param: string): readonly Tool[] {
  const tool = messageOf(value, param);
  const declared = optionalList(tool.functionDeclarations, `${param}.functionDeclarations`).map(
    (one, index) => readFunction(one, `${param}.functionDeclarations.${index}`),
  );
  const others = Object.entries(tool).flatMap(([name, said]) =>
    name === 'functionDeclarations' || said === undefined || said === null
      ? []
      : [readOther(name, fieldsOf(said, `${param}.${name}`))],
  );
  return [...declared, ...others];
}

function readFunction(value: unknown, param: string): FunctionTool {
  const declaration = messageOf(value, param);
  const schema = optionalFields(declaration.parametersJsonSchema, `${param}.parametersJsonSchema`);
  const openApi = schema ? undefined : optionalFields(declaration.parameters, `${param}.parameters`);
  const gemini = otherFields(declaration, KNOWN_OF_FUNCTIONS);
  return {
    kind: 'function',
    name: textOf(declaration.name, `${param}.name`),
    description: optionalText(declaration.description, `${param}.description`),
    parameters: schema ?? (openApi && jsonSchemaOf(openApi)),
    ...(gemini && { extras: { gemini } }),
  };
}

function readOther(name: string, said: Fields): Tool {
  switch (name) {
    case 'googleSearch': {
      const { excludeDomains, ...rest } = camelFields(said);
      const blockedDomains = optionalTexts(excludeDomains, 'tools.googleSearch.excludeDomains');
      return { ...hosted('web_search', rest), ...(blockedDomains && { blockedDomains }) };
    }
    // The search of Gemini 1.5.
    case 'googleSearchRetrieval':
      return { kind: 'hosted', name: 'web_search', extras: { gemini: { googleSearchRetrieval: said } } };
    case 'codeExecution':
      return hosted('code_execution', said);
    case 'urlContext':
      return hosted('url_context', said);
    default:
      return { kind: 'native', origin: 'gemini', name, value: said };
  }
}

function hosted(name: HostedTool['name'], said: Fields): HostedTool {
  return { kind: 'hosted', name, ...(Object.keys(said).length > 0 && { extras: { gemini: said } }) };
}

export interface ReadToolConfig {
  readonly toolChoice?: ToolChoice;
  /** Calls must fit their schemas (`VALIDATED`). */
  readonly strict: boolean;
  /** What the conversation has no word for, by its path. */
  readonly rest: Fields;
}

/** https://ai.google.dev/api/caching#FunctionCallingConfig. @throws KeywheelError bad_body */
export function readToolConfig(value: unknown): ReadToolConfig {
  const config = optionalMessage(value, 'toolConfig') ?? {};
  const calling = optionalMessage(config.functionCallingConfig, 'toolConfig.functionCallingConfig') ?? {};
  const rest: Record<string, unknown> = {};
  for (const [name, said] of Object.entries(config)) {
    if (name !== 'functionCallingConfig' && said != null) rest[`toolConfig.${name}`] = said;
  }
  for (const [name, said] of Object.entries(calling)) {
    if (name === 'mode' || name === 'allowedFunctionNames' || said == null) continue;
    rest[`toolConfig.functionCallingConfig.${name}`] = said;
  }
  const names = optionalTexts(
    calling.allowedFunctionNames,
    'toolConfig.functionCallingConfig.allowedFunctionNames',
  );
  const toolChoice = choiceOf(calling.mode, names);
  return { ...(toolChoice && { toolChoice }), strict: calling.mode === 'VALIDATED', rest };
}

function choiceOf(mode: unknown, names: readonly string[] | undefined): ToolChoice | undefined {
  const named = names !== undefined && names.length > 0 ? names : undefined;
  switch (typeof mode === 'string' ? mode.toUpperCase() : mode) {
    case undefined:
    case null:
    case 'MODE_UNSPECIFIED':
      return undefined;
    case 'AUTO':
      return { kind: 'auto' };
    case 'NONE':
      return { kind: 'none' };
    case 'ANY':
      return named ? { kind: 'named', names: named } : { kind: 'required' };
    case 'VALIDATED':
      return named ? { kind: 'named', names: named, optional: true } : { kind: 'auto' };
    default:
      return malformed(
        'toolConfig.functionCallingConfig.mode must be AUTO, ANY, NONE or VALIDATED.',
        'toolConfig.functionCallingConfig.mode',
      );
  }
}

/** Functions whose calls must fit their schemas. */
export function strictly(tools: readonly Tool[]): readonly Tool[] {
  return tools.map((tool) =>
    tool.kind === 'function' && isFields(tool.parameters) ? { ...tool, strict: true } : tool,
  );
}
