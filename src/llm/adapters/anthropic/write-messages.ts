import type { Conversation, Message } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { NOTHING_SAID, type Notes, refuse } from '../../conversation/notes.js';
import { tellCallsApart } from './call-ids.js';
import { writeBlocks } from './write-blocks.js';

export interface MessageRules {
  readonly notes: Notes;
  /** Instructions may stand between other messages. */
  readonly midSystem: boolean;
}

type Turn = { readonly role: 'user' | 'assistant' | 'system'; readonly content: Fields[] };

/**
 * Messages in turns: those of one role that follow each other are one, and the results of calls come first in it.
 * Instructions between messages stay there where the model takes them behind a turn of the user, else they go to the
 * front. https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages
 */
export function writeMessages(
  { system, messages }: Conversation,
  rules: MessageRules,
): { readonly system: readonly Fields[]; readonly messages: readonly Fields[] } {
  const { notes } = rules;
  const front: Fields[] = writeBlocks(system, notes);
  for (const { type } of front)
    if (type !== 'text') refuse('Anthropic’s instructions are text only.', 'system');
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    const blocks = writeBlocks(message.parts, notes);
    if (blocks.length === 0) continue;
    if (message.name !== undefined) notes.dropped('name');
    if (!isInstruction(message)) {
      append(turns, message.role === 'assistant' ? 'assistant' : 'user', blocks);
    } else if (rules.midSystem && turns.at(-1)?.role === 'user' && !isResultOrUser(messages[index + 1])) {
      turns.push({ role: 'system', content: blocks });
    } else {
      if (turns.length > 0) notes.warn('moved:system');
      front.push(...blocks);
    }
  }
  for (const turn of turns) if (turn.role === 'user') putResultsFirst(turn.content);
  tellCallsApart(turns);
  trimEnd(turns.at(-1));
  return turns.length > 0 ? { system: front, messages: turns } : asQuestion(front, notes);
}

function isInstruction({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/** Behind which an instruction would have to stand. */
function isResultOrUser(message: Message | undefined): boolean {
  return message?.role === 'user' || message?.role === 'tool';
}

function append(turns: Turn[], role: Turn['role'], blocks: readonly Fields[]): void {
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: [...blocks] });
}

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls */
function putResultsFirst(content: Fields[]): void {
  const results = content.filter(({ type }) => type === 'tool_result');
  if (results.length === 0) return;
  const others = content.filter(({ type }) => type !== 'tool_result');
  content.splice(0, content.length, ...results, ...others);
}

/** The beginning of an answer must not end in white space. */
function trimEnd(last: Turn | undefined): void {
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined;
  if (!last || block?.type !== 'text' || typeof block.text !== 'string') return;
  last.content[last.content.length - 1] = { ...block, text: block.text.trimEnd() };
}

/** Anthropic wants at least one message: where there are instructions only, they are the question. */
function asQuestion(
  front: readonly Fields[],
  notes: Notes,
): { system: readonly Fields[]; messages: readonly Fields[] } {
  if (front.length === 0) refuse(NOTHING_SAID, 'messages');
  notes.warn('moved:system');
  return { system: [], messages: [{ role: 'user', content: front }] };
}
