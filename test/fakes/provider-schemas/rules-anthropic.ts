import { firstOf, listOf, schemaFault, textOf, type Json, type Rules } from './rules.ts';

const MOST_CACHE_MARKS = 4;

/** https://platform.claude.com/docs/en/api/messages */
export const anthropicRules: Rules = (body) =>
  firstOf([
    ...listOf(body.tools).map((tool, at) => schemaFault(tool.input_schema, `/tools/${at}/input_schema`)),
    schemaFault(
      ((body.output_config as Json | undefined)?.format as Json | undefined)?.schema,
      '/output_config/format',
    ),
    twice(
      '/tools: names',
      listOf(body.tools).map(({ name }) => name),
    ),
    twice('/messages: ids of tool_use', callsIn(listOf(body.messages))),
    turnFault(listOf(body.messages)),
    unknownChoice(body),
    ...thinkingFaults(body),
    ...listOf(body.stop_sequences).map((stop, at) =>
      textOf(stop).trim() === '' ? `/stop_sequences/${at} must contain non-whitespace` : undefined,
    ),
    cacheMarksIn(body) > MOST_CACHE_MARKS
      ? `more than ${MOST_CACHE_MARKS} blocks with cache_control`
      : undefined,
  ]);

function twice(what: string, names: readonly unknown[]): string | undefined {
  const again = names.find((name, at) => names.indexOf(name) !== at);
  return again === undefined ? undefined : `${what} must be unique: ${textOf(again)}`;
}

function unknownChoice({ tool_choice, tools }: Json): string | undefined {
  const { name } = (tool_choice ?? {}) as Json;
  if (name === undefined || listOf(tools).some((tool) => tool.name === name)) return undefined;
  return `/tool_choice: ${textOf(name)} is not among the tools`;
}

const callsIn = (messages: readonly Json[]) =>
  messages.flatMap(({ content }) =>
    listOf(content).flatMap(({ type, id }) => (type === 'tool_use' ? [id] : [])),
  );

/** Each `tool_use` has its `tool_result` at the start of the message after it, and each result its call there. */
function turnFault(messages: readonly Json[]): string | undefined {
  let open: unknown[] = [];
  for (const [at, { role, content }] of messages.entries()) {
    const path = `/messages/${at}`;
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content);
    const isLast = at === messages.length - 1;
    if (blocks.length === 0 && !(role === 'assistant' && isLast))
      return `${path} must have non-empty content`;
    if (role === 'system') continue;
    const blank = blocks.find(({ type, text }) => type === 'text' && textOf(text).trim() === '');
    if (blank) return `${path}: text content blocks must contain non-whitespace text`;
    const results = blocks.filter(({ type }) => type === 'tool_result').map(({ tool_use_id }) => tool_use_id);
    const first = blocks.slice(0, results.length).map(({ tool_use_id }) => tool_use_id);
    if (open.some((id) => !first.includes(id)))
      return `${path}: tool_use without tool_result immediately after`;
    if (new Set(results).size < results.length) return `${path}: each tool_use must have a single result`;
    if (results.some((id) => !open.includes(id))) return `${path}: unexpected tool_use_id in tool_result`;
    open = role === 'assistant' ? blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id) : [];
    if (isLast && role === 'assistant' && /\s$/.test(textOf(blocks.at(-1)?.text))) {
      return `${path}: final assistant content cannot end with trailing whitespace`;
    }
  }
  return open.length > 0 ? '/messages: tool_use without tool_result' : undefined;
}

/** https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
function thinkingFaults(body: Json): (string | undefined)[] {
  const { type, budget_tokens } = (body.thinking ?? {}) as Json;
  if (type !== 'enabled') return [];
  const choice = (body.tool_choice as Json | undefined)?.type;
  return [
    Number(budget_tokens) >= Number(body.max_tokens)
      ? '/max_tokens must be greater than thinking.budget_tokens'
      : undefined,
    body.temperature !== undefined && body.temperature !== 1
      ? '/temperature may only be 1 with thinking'
      : undefined,
    body.top_k !== undefined ? '/top_k must be unset with thinking' : undefined,
    body.top_p !== undefined && Number(body.top_p) < 0.95
      ? '/top_p must be at least 0.95 with thinking'
      : undefined,
    choice === 'any' || choice === 'tool' ? '/tool_choice may not force a tool with thinking' : undefined,
    startsWithThought(listOf(body.messages)),
  ];
}

/** The last turn of the assistant, where it called a tool. */
function startsWithThought(messages: readonly Json[]): string | undefined {
  const at = messages.findLastIndex(({ role }) => role === 'assistant');
  const blocks = listOf(messages[at]?.content);
  if (at === messages.length - 1 || !blocks.some(({ type }) => type === 'tool_use')) return undefined;
  const isThought = /thinking$/.test(String(blocks[0]?.type));
  return isThought
    ? undefined
    : `/messages/${at}/content/0: expected thinking, found ${String(blocks[0]?.type)}`;
}

function cacheMarksIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = (value as Json).cache_control == null ? 0 : 1;
  return Object.values(value).reduce<number>((sum, inner) => sum + cacheMarksIn(inner), own);
}
