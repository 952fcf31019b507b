import type { WriteContext } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { refuse } from '../../conversation/notes.js';
import type { FunctionTool, HostedTool, Tool, ToolChoice } from '../../conversation/tools.js';
import { isGemini3 } from './model-facts.js';

interface WrittenTools {
  readonly tools?: readonly Fields[];
  readonly toolConfig?: Fields;
}

/** https://ai.google.dev/api/caching#Tool. @throws KeywheelError untranslatable */
export function writeTools(conversation: Conversation, context: WriteContext): WrittenTools {
  const { tools, toolChoice, parallelCalls, output } = conversation;
  if (tools.length === 0) return {};
  if (parallelCalls === false) context.notes.dropped('parallel_tool_calls');
  const functions = tools.filter((tool) => tool.kind === 'function');
  // `NONE` holds functions back, but not what Google runs by itself.
  const others = toolChoice?.kind === 'none' ? [] : tools.filter((tool) => tool.kind !== 'function');
  const mixed = functions.length > 0 && others.length > 0;
  if (!isGemini3(context.model)) refuseOnOlder(functions.length > 0, mixed, output?.kind);
  const declarations = functions.map(writeFunction);
  const written = [
    ...(declarations.length > 0 ? [{ functionDeclarations: declarations }] : []),
    ...others.map((tool) => writeOther(tool, context)),
  ];
  const strict = functions.some((tool) => tool.strict === true);
  const calling =
    functions.length > 0 ? writeChoice(toolChoice, tools, strict || mixed) : refuseForced(toolChoice);
  // https://ai.google.dev/gemini-api/docs/tool-combination
  const invocations =
    mixed && context.preset !== 'vertex-express' ? { includeServerSideToolInvocations: true } : {};
  return {
    ...(written.length > 0 && { tools: written }),
    ...(calling && { toolConfig: { functionCallingConfig: calling, ...invocations } }),
  };
}

/** What these models answer with an error of few words. */
function refuseOnOlder(functions: boolean, mixed: boolean, output: string | undefined): void {
  if (mixed) refuse('Gemini before 3 takes functions or tools that it runs itself, not both.', 'tools');
  if (functions && (output === 'schema' || output === 'json')) {
    refuse('Gemini before 3 takes functions or JSON output, not both.', 'response_format');
  }
}

/** Where there are no functions, none can be forced. */
function refuseForced(choice: ToolChoice | undefined): undefined {
  if (choice?.kind === 'required' || (choice?.kind === 'named' && !choice.optional)) {
    refuse('Gemini cannot be made to use a tool that it runs itself.', 'tool_choice');
  }
  return undefined;
}

function writeFunction({ name, description, parameters, freeform, extras }: FunctionTool): Fields {
  if (freeform) refuse(`Gemini has no tools that take free text: ${name}.`, 'tools');
  return { name, description, parametersJsonSchema: parameters, ...extras?.gemini };
}

function writeOther(tool: Exclude<Tool, FunctionTool>, context: WriteContext): Fields {
  if (tool.kind === 'hosted') return writeHosted(tool, context);
  if (tool.origin === 'gemini') return { [tool.name]: tool.value };
  return refuse(`Gemini has no tool "${tool.name}".`, 'tools');
}

function writeHosted(tool: HostedTool, { notes, preset }: WriteContext): Fields {
  const own = tool.extras?.gemini;
  if (tool.maxUses !== undefined) notes.dropped('max_uses');
  switch (tool.name) {
    case 'code_execution':
      return { codeExecution: own ?? {} };
    case 'url_context':
      return { urlContext: own ?? {} };
    case 'web_search':
      if (own?.googleSearchRetrieval !== undefined) return own;
      if (tool.allowedDomains && tool.allowedDomains.length > 0) {
        refuse('Google Search cannot be kept to some domains.', 'tools');
      }
      if (tool.location) notes.dropped('user_location');
      return { googleSearch: { ...own, ...excluded(tool, preset) } };
  }
}

/** Only Vertex knows it; who was promised that a domain is left out must not get it. */
function excluded({ blockedDomains }: HostedTool, preset: string): Fields | undefined {
  if (!blockedDomains || blockedDomains.length === 0) return undefined;
  if (preset !== 'vertex-express') refuse('Google Search cannot leave domains out on this API.', 'tools');
  return { excludeDomains: blockedDomains };
}

/** https://ai.google.dev/api/caching#FunctionCallingConfig */
function writeChoice(
  choice: ToolChoice | undefined,
  tools: readonly Tool[],
  validated: boolean,
): Fields | undefined {
  switch (choice?.kind) {
    case undefined:
      return validated ? { mode: 'VALIDATED' } : undefined;
    case 'auto':
      return { mode: validated ? 'VALIDATED' : 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'named': {
      const other = choice.names.find(
        (name) => !tools.some((one) => one.kind === 'function' && one.name === name),
      );
      if (other !== undefined)
        refuse(`Gemini can be kept to functions only: ${other} is none.`, 'tool_choice');
      return { mode: choice.optional ? 'VALIDATED' : 'ANY', allowedFunctionNames: choice.names };
    }
  }
}
