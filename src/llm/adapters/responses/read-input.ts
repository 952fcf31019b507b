import type { Message } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { fieldsOf, listOf, optionalText } from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { Part } from '../../conversation/parts.js';
import { attachSignatures } from '../../conversation/placed-signatures.js';
import { readItem } from './read-items.js';
import { readContent } from './read-parts.js';

export interface ReadInput {
  /** Of the instructions that come before all else. */
  readonly system: readonly Part[];
  readonly messages: readonly Message[];
}

type Role = Message['role'];

/**
 * `instructions` and `input`. What the assistant said, thought and called in a row is one message, and so are the
 * results that follow. @throws KeywheelError bad_body, untranslatable
 */
export function readInput({ instructions, input }: Fields): ReadInput {
  const system: Part[] = [];
  const first = optionalText(instructions, 'instructions');
  if (first !== undefined && first !== '') system.push({ kind: 'text', text: first });
  if (typeof input === 'string') {
    return { system, messages: [{ role: 'user', parts: [{ kind: 'text', text: input }] }] };
  }
  const messages: { role: Role; parts: Part[] }[] = [];
  for (const [index, value] of listOf(input ?? [], 'input').entries()) {
    const { role, parts } = readEntry(fieldsOf(value, `input.${index}`), `input.${index}`);
    const last = messages.at(-1);
    if (isInstruction(role) && !last) system.push(...withOrigin(role, parts));
    else if (last?.role === role && (role === 'assistant' || role === 'tool')) last.parts.push(...parts);
    else messages.push({ role, parts: [...parts] });
  }
  if (messages.length === 0 && system.length === 0) malformed('input is missing.', 'input');
  return {
    system,
    messages: messages.map(({ role, parts }) =>
      role === 'assistant' ? { role, parts: attachSignatures(parts) } : { role, parts },
    ),
  };
}

function isInstruction(role: Role): boolean {
  return role === 'system' || role === 'developer';
}

/** Where the instructions were a developer's, the same dialect hears it again. */
function withOrigin(role: Role, parts: readonly Part[]): readonly Part[] {
  return role === 'system' ? parts : parts.map((part) => ({ ...part, extras: { responses: { role } } }));
}

function readEntry(item: Fields, param: string): { readonly role: Role; readonly parts: readonly Part[] } {
  if (item.type !== undefined && item.type !== 'message') {
    const { role, part } = readItem(item, param);
    return { role, parts: [part] };
  }
  const { role, phase } = item;
  if (role !== 'user' && role !== 'assistant' && role !== 'system' && role !== 'developer') {
    malformed(`${param}.role must be 'user', 'assistant', 'system' or 'developer'.`, `${param}.role`);
  }
  const parts = readContent(item.content, `${param}.content`);
  if (role !== 'assistant') return { role, parts };
  const said = parts.filter((part) => part.kind !== 'text' || part.text !== '');
  // https://platform.openai.com/docs/api-reference/responses/object: models that have phases want them back.
  if (typeof phase !== 'string') return { role, parts: said };
  return { role, parts: said.map((part) => ({ ...part, extras: { responses: { phase } } })) };
}
