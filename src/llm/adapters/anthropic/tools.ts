import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  optionalFlag,
  optionalNumber,
  optionalText,
  optionalTexts,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { FunctionTool, HostedTool, HostedToolName, Tool, ToolChoice } from '../../conversation/tools.js';
import { wantsEveryField } from '../../conversation/strict-schema.js';
import { readCacheMark } from './cache-control.js';

/** Tools that Anthropic runs, by how their dated types begin. */
const HOSTED: readonly (readonly [RegExp, HostedToolName])[] = [
  [/^web_search_\d+$/, 'web_search'],
  [/^web_fetch_\d+$/, 'url_context'],
  [/^code_execution_\d+$/, 'code_execution'],
];

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview @throws KeywheelError bad_body */
export function readTool(value: unknown, param: string): Tool {
  const tool = fieldsOf(value, param);
  const type = optionalText(tool.type, `${param}.type`) ?? 'custom';
  if (type === 'custom') return readFunction(tool, param);
  const hosted = HOSTED.find(([pattern]) => pattern.test(type))?.[1];
  if (hosted) return readHosted(hosted, tool, param);
  return {
    kind: 'native',
    origin: 'anthropic',
    name: optionalText(tool.name, `${param}.name`) ?? type,
    value: tool,
  };
}

const FUNCTION_FIELDS = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control']);

function readFunction(tool: Fields, param: string): FunctionTool {
  const description = optionalText(tool.description, `${param}.description`);
  const strict = optionalFlag(tool.strict, `${param}.strict`);
  const parameters = fieldsOf(tool.input_schema, `${param}.input_schema`);
  // Others refuse to guarantee arguments that may be left out: for them the wish is one of Anthropic's own.
  const isCommon = strict !== true || wantsEveryField(parameters);
  const side = { ...otherFields(tool, FUNCTION_FIELDS), ...(!isCommon && { strict }) };
  return {
    kind: 'function',
    name: textOf(tool.name, `${param}.name`),
    ...(description !== undefined && { description }),
    parameters,
    ...(strict !== undefined && isCommon && { strict }),
    ...readCacheMark(tool),
    ...(Object.keys(side).length > 0 && { extras: { anthropic: side } }),
  };
}

const HOSTED_FIELDS = new Set(['name', 'allowed_domains', 'blocked_domains', 'max_uses', 'user_location']);

function readHosted(name: HostedToolName, tool: Fields, param: string): HostedTool {
  const allowedDomains = optionalTexts(tool.allowed_domains, `${param}.allowed_domains`);
  const blockedDomains = optionalTexts(tool.blocked_domains, `${param}.blocked_domains`);
  const maxUses = optionalNumber(tool.max_uses, `${param}.max_uses`);
  const location = readLocation(tool.user_location, `${param}.user_location`);
  return {
    kind: 'hosted',
    name,
    ...(allowedDomains && { allowedDomains }),
    ...(blockedDomains && { blockedDomains }),
    ...(maxUses !== undefined && { maxUses }),
    ...(location && { location }),
    // The type says the version; Anthropic gets back the one that was asked for.
    extras: { anthropic: otherFields(tool, HOSTED_FIELDS) ?? {} },
  };
}

function readLocation(value: unknown, param: string): HostedTool['location'] {
  if (!isFields(value)) return undefined;
  const place: Record<string, string> = {};
  for (const field of ['city', 'region', 'country', 'timezone']) {
    const text = optionalText(value[field], `${param}.${field}`);
    if (text !== undefined) place[field] = text;
  }
  return place;
}

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools @throws KeywheelError bad_body */
export function readToolChoice(value: unknown): {
  readonly toolChoice?: ToolChoice;
  readonly parallelCalls?: boolean;
} {
  if (value === undefined || value === null) return {};
  const choice = fieldsOf(value, 'tool_choice');
  const alone = optionalFlag(choice.disable_parallel_tool_use, 'tool_choice.disable_parallel_tool_use');
  return { toolChoice: choiceOf(choice), ...(alone !== undefined && { parallelCalls: !alone }) };
}

function choiceOf(choice: Fields): ToolChoice {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { kind: choice.type };
    case 'any':
      return { kind: 'required' };
    case 'tool':
      return { kind: 'named', names: [textOf(choice.name, 'tool_choice.name')] };
    default:
      return malformed('tool_choice.type is none of auto, any, tool and none.', 'tool_choice.type');
  }
}
