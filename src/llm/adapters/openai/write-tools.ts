import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import type { FunctionTool, HostedTool, Tool, ToolChoice } from '../../conversation/tools.js';
import { guaranteedTool } from '../openai-fields.js';
import type { Quirks } from './quirks.js';
import { writeCacheMark } from './write-parts.js';

/**
 * `tools`, `tool_choice`, `parallel_tool_calls` and what asks for a search.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
 * @throws KeywheelError untranslatable
 */
export function writeTools(conversation: Conversation, quirks: Quirks, notes: Notes): Fields {
  const { tools, toolChoice, parallelCalls } = conversation;
  const offered = offeredTools(tools, toolChoice, quirks);
  const written = offered.flatMap((tool) => writeTool(tool, quirks, notes));
  const searches = tools.filter((tool) => tool.kind === 'hosted' && !isOwn(tool));
  const search = searches.map((tool) => writeSearch(tool as HostedTool, quirks, notes));
  // Without tools, a word about them is refused.
  if (written.length === 0) return Object.assign({}, ...search) as Fields;
  return {
    tools: written,
    ...(toolChoice && { tool_choice: writeChoice(toolChoice, tools, quirks) }),
    ...(parallelCalls !== undefined && { parallel_tool_calls: parallelCalls }),
    ...(Object.assign({}, ...search) as Fields),
  };
}

/** Where no list of allowed tools is known, only those are offered. */
function offeredTools(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
  quirks: Quirks,
): readonly Tool[] {
  if (choice?.kind !== 'named' || isPlain(choice) || quirks.allowedTools) return tools;
  return tools.filter((tool) => tool.kind !== 'function' || choice.names.includes(tool.name));
}

type Named = Extract<ToolChoice, { readonly kind: 'named' }>;

/** One tool that must be called. */
function isPlain({ names, optional }: Named): boolean {
  return names.length === 1 && !optional;
}

function isOwn({ extras }: HostedTool): boolean {
  return isFields(extras?.chat?.tool);
}

function writeTool(tool: Tool, quirks: Quirks, notes: Notes): readonly Fields[] {
  if (tool.kind === 'hosted') return isOwn(tool) ? [tool.extras!.chat!.tool as Fields] : [];
  if (tool.kind === 'native') {
    return tool.origin === 'chat'
      ? [tool.value]
      : refuse(`The upstream has no tool like '${tool.name}'.`, 'tools');
  }
  if (tool.freeform) return [writeCustom(tool, quirks)];
  const { name, description, parameters, strict, cache } = guaranteedTool(tool, notes);
  return [
    {
      type: 'function',
      function: {
        name,
        ...(description !== undefined && { description }),
        parameters,
        ...(strict !== undefined && { strict }),
      },
      ...(quirks.cache === 'cache_control' && writeCacheMark(cache, quirks)),
    },
  ];
}

function writeCustom({ name, description, extras }: FunctionTool, { customTools }: Quirks): Fields {
  if (!customTools) refuse(`The upstream takes no tools with free text as '${name}' is.`, 'tools');
  const format = customFormat(extras?.chat?.format, extras?.responses?.format);
  return {
    type: 'custom',
    custom: {
      name,
      ...(description !== undefined && { description }),
      ...(format !== undefined && { format }),
    },
  };
}

/** Responses writes a grammar's fields flat. */
function customFormat(chat: unknown, responses: unknown): unknown {
  if (chat !== undefined || !isFields(responses) || responses.type !== 'grammar') return chat ?? responses;
  const { type, ...grammar } = responses;
  return { type, grammar };
}

/** https://platform.openai.com/docs/guides/tools-web-search, https://openrouter.ai/docs/features/web-search */
function writeSearch(tool: HostedTool, quirks: Quirks, notes: Notes): Fields {
  const { name, location, allowedDomains, blockedDomains, maxUses, extras } = tool;
  if (name !== 'web_search' || quirks.webSearch === 'none') {
    refuse(`The upstream has no tool like '${name}'.`, 'tools');
  }
  if (allowedDomains ?? blockedDomains) refuse('The upstream’s search cannot be kept to domains.', 'tools');
  if (maxUses !== undefined) notes.dropped('max_uses');
  if (quirks.webSearch === 'plugins') {
    if (location) notes.dropped('user_location');
    return { plugins: [{ id: 'web' }] };
  }
  const place = location && { user_location: { type: 'approximate', approximate: location } };
  return { web_search_options: { ...extras?.chat, ...place } };
}

function writeChoice(choice: ToolChoice, tools: readonly Tool[], quirks: Quirks): unknown {
  if (choice.kind !== 'named') return choice.kind;
  const reference = (name: string) => {
    const custom = tools.some((tool) => tool.kind === 'function' && tool.name === name && tool.freeform);
    return custom ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } };
  };
  if (isPlain(choice)) return reference(choice.names[0]!);
  const mode = choice.optional ? 'auto' : 'required';
  if (!quirks.allowedTools) return mode;
  return { type: 'allowed_tools', allowed_tools: { mode, tools: choice.names.map(reference) } };
}
