import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  optionalFields,
  optionalFlag,
  optionalList,
  optionalText,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { FunctionTool, HostedTool, HostedToolName, Tool, ToolChoice } from '../../conversation/tools.js';
import { readCacheMark } from './read-parts.js';

/** Hosted tools by the names under which clients of this dialect ask for them. */
const HOSTED: Readonly<Record<string, HostedToolName>> = {
  web_search: 'web_search',
  web_search_preview: 'web_search',
  google_search: 'web_search',
  'openrouter:web_search': 'web_search',
  code_interpreter: 'code_execution',
  code_execution: 'code_execution',
  url_context: 'url_context',
};

/**
 * `tools`, the deprecated `functions` and `web_search_options`.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
 * @throws KeywheelError bad_body
 */
export function readTools(body: Fields): readonly Tool[] {
  const search = optionalFields(body.web_search_options, 'web_search_options');
  return [
    ...optionalList(body.tools, 'tools').map((tool, index) => readTool(tool, `tools.${index}`)),
    ...optionalList(body.functions, 'functions').map((tool, index) => readLegacy(tool, `functions.${index}`)),
    ...(search ? [readSearch(search)] : []),
  ];
}

function readTool(value: unknown, param: string): Tool {
  const tool = fieldsOf(value, param);
  const type = textOf(tool.type, `${param}.type`);
  if (type === 'function') {
    const cache = readCacheMark(tool, param);
    return {
      ...readFunction(fieldsOf(tool.function, `${param}.function`), `${param}.function`),
      ...(cache && { cache }),
    };
  }
  if (type === 'custom') return readCustom(fieldsOf(tool.custom, `${param}.custom`), `${param}.custom`);
  const hosted = Object.hasOwn(HOSTED, type) ? HOSTED[type] : undefined;
  if (!hosted) return { kind: 'native', origin: 'chat', name: type, value: tool };
  return { ...readHosted(hosted, tool), extras: { chat: { tool } } };
}

function readFunction(fields: Fields, param: string): FunctionTool {
  const description = optionalText(fields.description, `${param}.description`);
  const parameters = optionalFields(fields.parameters, `${param}.parameters`);
  const strict = optionalFlag(fields.strict, `${param}.strict`);
  return {
    kind: 'function',
    name: textOf(fields.name, `${param}.name`),
    ...(description !== undefined && { description }),
    ...(parameters && { parameters }),
    ...(strict !== undefined && { strict }),
  };
}

/** Marked, since who asks so expects to be answered so. */
function readLegacy(value: unknown, param: string): FunctionTool {
  return { ...readFunction(fieldsOf(value, param), param), extras: { chat: { legacy: true } } };
}

/** A grammar is written in one way here and in another in Responses; each finds its own. */
function readCustom(fields: Fields, param: string): FunctionTool {
  const description = optionalText(fields.description, `${param}.description`);
  const format = optionalFields(fields.format, `${param}.format`);
  const grammar = format && optionalFields(format.grammar, `${param}.format.grammar`);
  return {
    kind: 'function',
    name: textOf(fields.name, `${param}.name`),
    ...(description !== undefined && { description }),
    freeform: true,
    ...(format && {
      extras: { chat: { format }, responses: { format: grammar ? { type: 'grammar', ...grammar } : format } },
    }),
  };
}

function readHosted(name: HostedToolName, tool: Fields): Omit<HostedTool, 'extras'> {
  const filters = optionalFields(tool.filters, 'tools.filters');
  const domains = filters?.allowed_domains;
  const location = readLocation(tool.user_location);
  return {
    kind: 'hosted',
    name,
    ...(Array.isArray(domains) && { allowedDomains: domains.filter((one) => typeof one === 'string') }),
    ...(location && { location }),
  };
}

function readSearch(options: Fields): HostedTool {
  const location = readLocation(options.user_location);
  const others = otherFields(options, new Set(['user_location']));
  return {
    kind: 'hosted',
    name: 'web_search',
    ...(location && { location }),
    ...(others && { extras: { chat: others } }),
  };
}

function readLocation(value: unknown): HostedTool['location'] {
  const user = optionalFields(value, 'web_search_options.user_location');
  if (!user) return undefined;
  const place = optionalFields(user.approximate, 'web_search_options.user_location.approximate') ?? user;
  const known = (['city', 'region', 'country', 'timezone'] as const).filter(
    (name) => typeof place[name] === 'string',
  );
  return Object.fromEntries(known.map((name) => [name, place[name]]));
}

/**
 * `tool_choice`, or the deprecated `function_call`.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-tool_choice
 * @throws KeywheelError bad_body
 */
export function readToolChoice(body: Fields): ToolChoice | undefined {
  const legacy = body.function_call;
  if (body.tool_choice === undefined && legacy !== undefined && legacy !== null) {
    if (typeof legacy === 'string') return readWord(legacy, 'function_call');
    return { kind: 'named', names: [textOf(fieldsOf(legacy, 'function_call').name, 'function_call.name')] };
  }
  const choice = body.tool_choice;
  if (choice === undefined || choice === null) return undefined;
  if (typeof choice === 'string') return readWord(choice, 'tool_choice');
  return readNamed(fieldsOf(choice, 'tool_choice'));
}

function readWord(word: string, param: string): ToolChoice {
  if (word === 'auto' || word === 'none' || word === 'required') return { kind: word };
  // Mistral's word.
  if (word === 'any') return { kind: 'required' };
  return malformed(`${param} '${word}' is not known.`, param);
}

function readNamed(choice: Fields): ToolChoice {
  if (choice.type !== 'allowed_tools') return { kind: 'named', names: [nameIn(choice, 'tool_choice')] };
  const param = 'tool_choice.allowed_tools';
  const allowed = fieldsOf(choice.allowed_tools, param);
  const names = optionalList(allowed.tools, `${param}.tools`).map((tool, index) =>
    nameIn(fieldsOf(tool, `${param}.tools.${index}`), `${param}.tools.${index}`),
  );
  if (names.length === 0) malformed(`${param}.tools must not be empty.`, `${param}.tools`);
  return { kind: 'named', names, ...(allowed.mode !== 'required' && { optional: true }) };
}

function nameIn(choice: Fields, param: string): string {
  const type = choice.type === 'custom' ? 'custom' : 'function';
  if (choice.type !== undefined && choice.type !== type) {
    malformed(`${param}.type must be 'function', 'custom' or 'allowed_tools'.`, `${param}.type`);
  }
  return textOf(fieldsOf(choice[type], `${param}.${type}`).name, `${param}.${type}.name`);
}
