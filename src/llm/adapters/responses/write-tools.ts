import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import type { FunctionTool, HostedTool, Tool, ToolChoice } from '../../conversation/tools.js';
import { guaranteedTool } from '../openai-fields.js';

/**
 * `tools`, `tool_choice` and `parallel_tool_calls`.
 * https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools
 * @throws KeywheelError untranslatable
 */
export function writeTools({ tools, toolChoice, parallelCalls, extras }: Conversation, notes: Notes): Fields {
  if (tools.length === 0) return {};
  const choice = toolChoice ? writeChoice(toolChoice, tools) : extras?.responses?.tool_choice;
  return {
    tools: tools.map((tool) => writeTool(tool, notes)),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(parallelCalls !== undefined && { parallel_tool_calls: parallelCalls }),
  };
}

function writeTool(tool: Tool, notes: Notes): Fields {
  switch (tool.kind) {
    case 'function':
      return tool.freeform ? writeCustom(tool) : writeFunction(guaranteedTool(tool, notes));
    case 'hosted':
      return writeHosted(tool, notes);
    case 'native':
      return tool.origin === 'responses'
        ? tool.value
        : refuse(`The upstream has no tool like '${tool.name}'.`, 'tools');
  }
}

/** Here a schema is strict unless it is said not to be. */
export function writeFunction({ name, description, parameters, strict }: FunctionTool): Fields {
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    parameters: parameters ?? { type: 'object', properties: {} },
    strict: strict ?? false,
  };
}

export function writeCustom({ name, description, extras }: FunctionTool): Fields {
  const format = extras?.responses?.format ?? responsesFormat(extras?.chat?.format);
  return {
    type: 'custom',
    name,
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format }),
  };
}

/** Chat Completions write a grammar's fields one level deeper. */
function responsesFormat(format: unknown): unknown {
  return isFields(format) && isFields(format.grammar) ? { type: format.type, ...format.grammar } : format;
}

function writeHosted(tool: HostedTool, notes: Notes): Fields {
  const { name, location, allowedDomains, blockedDomains, maxUses, extras } = tool;
  const own = extras?.responses?.tool;
  if (isFields(own)) return own;
  if (name === 'url_context') refuse(`The upstream has no tool like '${name}'.`, 'tools');
  if (maxUses !== undefined) notes.dropped('max_uses');
  if (name === 'code_execution') return { type: 'code_interpreter', container: { type: 'auto' } };
  if (blockedDomains) refuse('The upstream’s search cannot be kept away from domains.', 'tools');
  return {
    type: 'web_search',
    ...(allowedDomains && { filters: { allowed_domains: allowedDomains } }),
    ...(location && { user_location: { type: 'approximate', ...location } }),
  };
}

/** One that must be called is named; else the list of those that may be. */
export function writeChoice(choice: ToolChoice, tools: readonly Tool[]): unknown {
  if (choice.kind !== 'named') return choice.kind;
  const reference = (name: string) => {
    const custom = tools.some((tool) => tool.kind === 'function' && tool.name === name && tool.freeform);
    return { type: custom ? 'custom' : 'function', name };
  };
  if (choice.names.length === 1 && !choice.optional) return reference(choice.names[0]!);
  const mode = choice.optional ? 'auto' : 'required';
  return { type: 'allowed_tools', mode, tools: choice.names.map(reference) };
}
