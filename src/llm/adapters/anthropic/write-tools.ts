import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import type { FunctionTool, HostedTool, HostedToolName, Tool, ToolChoice } from '../../conversation/tools.js';
import { writeCacheMark } from './cache-control.js';
import type { ClaudeModel } from './claude-models.js';
import { isBeyondGrammar } from './grammar-limits.js';
import { withinGrammar } from './schema.js';

/**
 * Versions that every current model takes and that need no beta header.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool, …/web-fetch-tool and
 * …/code-execution-tool
 */
const HOSTED: Readonly<Record<HostedToolName, { readonly type: string; readonly name: string }>> = {
  web_search: { type: 'web_search_20250305', name: 'web_search' },
  url_context: { type: 'web_fetch_20250910', name: 'web_fetch' },
  code_execution: { type: 'code_execution_20250825', name: 'code_execution' },
};

/** `tools` and `tool_choice`. @throws KeywheelError untranslatable */
export function writeTools(conversation: Conversation, model: ClaudeModel, notes: Notes): Fields {
  const { toolChoice, parallelCalls } = conversation;
  const tools = offered(conversation, notes).map((tool) => writeTool(tool, model, notes));
  if (tools.length === 0) return {};
  const choice = writeChoice(toolChoice, parallelCalls);
  return { tools, ...(choice && { tool_choice: choice }) };
}

/** Where only some tools may be called, the others are left out: Anthropic can force one, or any. */
function offered({ tools, toolChoice }: Conversation, notes: Notes): readonly Tool[] {
  if (toolChoice?.kind !== 'named' || (toolChoice.names.length === 1 && !toolChoice.optional)) return tools;
  const allowed = tools.filter(({ name }) => toolChoice.names.includes(name));
  if (allowed.length < tools.length) notes.warn('filtered:tools');
  return allowed;
}

function writeTool(tool: Tool, model: ClaudeModel, notes: Notes): Fields {
  switch (tool.kind) {
    case 'function':
      return writeFunction(tool, model, notes);
    case 'hosted':
      return writeHosted(tool);
    case 'native':
      if (tool.origin === 'anthropic') return tool.value;
      return refuse(`Anthropic has no tool such as ${tool.name}.`, 'tools');
  }
}

function writeFunction(tool: FunctionTool, model: ClaudeModel, notes: Notes): Fields {
  if (tool.freeform) refuse(`Anthropic’s tools take JSON, and ${tool.name} takes free text.`, 'tools');
  const schema = { type: 'object', ...tool.parameters };
  const guaranteed =
    tool.strict && model.structured && !isBeyondGrammar(schema) ? withinGrammar(schema) : undefined;
  if (guaranteed?.lost) notes.warn('schema:relaxed');
  if (tool.strict && !guaranteed) notes.dropped('strict');
  return {
    ...tool.extras?.anthropic,
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    input_schema: guaranteed?.schema ?? schema,
    ...(guaranteed && { strict: true }),
    ...writeCacheMark(tool.cache),
  };
}

function writeHosted({
  name,
  allowedDomains,
  blockedDomains,
  maxUses,
  location,
  extras,
}: HostedTool): Fields {
  return {
    ...HOSTED[name],
    ...extras?.anthropic,
    ...(allowedDomains && { allowed_domains: allowedDomains }),
    ...(blockedDomains && { blocked_domains: blockedDomains }),
    ...(maxUses !== undefined && { max_uses: maxUses }),
    ...(location && name === 'web_search' && { user_location: { type: 'approximate', ...location } }),
  };
}

function writeChoice(choice: ToolChoice | undefined, parallelCalls: boolean | undefined): Fields | undefined {
  const alone = parallelCalls === undefined ? {} : { disable_parallel_tool_use: !parallelCalls };
  switch (choice?.kind) {
    case undefined:
      return parallelCalls === undefined ? undefined : { type: 'auto', ...alone };
    case 'auto':
      return { type: 'auto', ...alone };
    case 'none':
      return { type: 'none' };
    case 'required':
      return { type: 'any', ...alone };
    case 'named':
      if (choice.optional) return { type: 'auto', ...alone };
      return choice.names.length === 1
        ? { type: 'tool', name: choice.names[0], ...alone }
        : { type: 'any', ...alone };
  }
}
