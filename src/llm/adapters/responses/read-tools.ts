import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  optionalFields,
  optionalFlag,
  optionalList,
  optionalText,
  optionalTexts,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { FunctionTool, HostedTool, HostedToolName, Tool } from '../../conversation/tools.js';

/** Hosted tools that other providers have too. */
const HOSTED: Readonly<Record<string, HostedToolName>> = {
  web_search: 'web_search',
  web_search_2025_08_26: 'web_search',
  web_search_preview: 'web_search',
  web_search_preview_2025_03_11: 'web_search',
  code_interpreter: 'code_execution',
};

/** https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools @throws KeywheelError bad_body */
export function readTools(value: unknown): readonly Tool[] {
  return optionalList(value, 'tools').map((tool, index) =>
    readTool(fieldsOf(tool, `tools.${index}`), `tools.${index}`),
  );
}

function readTool(tool: Fields, param: string): Tool {
  const type = textOf(tool.type, `${param}.type`);
  if (type === 'function') return readFunction(tool, param);
  if (type === 'custom') return readCustom(tool, param);
  const hosted = Object.hasOwn(HOSTED, type) && !namesFiles(tool) ? HOSTED[type] : undefined;
  return hosted
    ? readHosted(hosted, tool, param)
    : { kind: 'native', origin: 'responses', name: type, value: tool };
}

/** A container of OpenAI's that exists already, or has files in it, is nowhere else. */
function namesFiles({ container }: Fields): boolean {
  if (!isFields(container)) return typeof container === 'string';
  return Array.isArray(container.file_ids) && container.file_ids.length > 0;
}

/** `strict: false` is what the other dialects mean where they say nothing. */
function readFunction(tool: Fields, param: string): FunctionTool {
  const description = optionalText(tool.description, `${param}.description`);
  const parameters = optionalFields(tool.parameters, `${param}.parameters`);
  const strict = optionalFlag(tool.strict, `${param}.strict`) === true;
  return {
    kind: 'function',
    name: textOf(tool.name, `${param}.name`),
    ...(description !== undefined && { description }),
    ...(parameters && { parameters }),
    ...(strict && { strict }),
  };
}

/** A grammar is written in one way here and in another in Chat Completions; each finds its own. */
function readCustom(tool: Fields, param: string): FunctionTool {
  const description = optionalText(tool.description, `${param}.description`);
  const format = optionalFields(tool.format, `${param}.format`);
  return {
    kind: 'function',
    name: textOf(tool.name, `${param}.name`),
    ...(description !== undefined && { description }),
    freeform: true,
    ...(format && { extras: { responses: { format }, chat: { format: chatFormat(format) } } }),
  };
}

function chatFormat({ type, ...grammar }: Fields): Fields {
  return type === 'grammar' ? { type, grammar } : { type, ...grammar };
}

function readHosted(name: HostedToolName, tool: Fields, param: string): HostedTool {
  const filters = optionalFields(tool.filters, `${param}.filters`);
  const allowedDomains = optionalTexts(filters?.allowed_domains, `${param}.filters.allowed_domains`);
  const user = optionalFields(tool.user_location, `${param}.user_location`);
  const place =
    user &&
    (['city', 'region', 'country', 'timezone'] as const).filter((one) => typeof user[one] === 'string');
  return {
    kind: 'hosted',
    name,
    ...(allowedDomains && { allowedDomains }),
    ...(place && { location: Object.fromEntries(place.map((one) => [one, user[one]])) }),
    extras: { responses: { tool } },
  };
}

/**
 * `tool_choice`. A hosted tool that must be used is something that other dialects cannot say.
 * https://platform.openai.com/docs/api-reference/responses/create#responses-create-tool_choice
 * @throws KeywheelError bad_body
 */
export function readToolChoice(
  choice: unknown,
): Pick<Conversation, 'toolChoice'> & { readonly other?: unknown } {
  if (choice === undefined || choice === null) return {};
  if (choice === 'auto' || choice === 'none' || choice === 'required')
    return { toolChoice: { kind: choice } };
  const fields = isFields(choice) ? choice : malformed('tool_choice is not known.', 'tool_choice');
  if (fields.type === 'allowed_tools') return readAllowed(fields);
  if (fields.type !== 'function' && fields.type !== 'custom') return { other: fields };
  return { toolChoice: { kind: 'named', names: [textOf(fields.name, 'tool_choice.name')] } };
}

function readAllowed(choice: Fields): ReturnType<typeof readToolChoice> {
  const tools = optionalList(choice.tools, 'tool_choice.tools').map((tool, index) =>
    fieldsOf(tool, `tool_choice.tools.${index}`),
  );
  const names = tools.flatMap(({ name, type }) =>
    typeof name === 'string' && (type === 'function' || type === 'custom') ? [name] : [],
  );
  if (names.length === 0 || names.length < tools.length) return { other: choice };
  return { toolChoice: { kind: 'named', names, ...(choice.mode !== 'required' && { optional: true }) } };
}
