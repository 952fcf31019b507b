import type { Message } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  listOf,
  optionalFields,
  optionalText,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { Part, ResultPart } from '../../conversation/parts.js';
import { readAssistantParts } from './read-assistant.js';
import { readContent } from './read-parts.js';

/** Fields of messages that have a place in the conversation. */
const KNOWN: ReadonlySet<string> = new Set([
  'role',
  'content',
  'name',
  'tool_calls',
  'tool_call_id',
  'function_call',
  'refusal',
  'audio',
  'images',
  'annotations',
  'reasoning',
  'reasoning_content',
  'reasoning_details',
  'extra_content',
]);

export interface ReadMessages {
  /** Of the instructions that come before all else. */
  readonly system: readonly Part[];
  readonly messages: readonly Message[];
}

/** @throws KeywheelError bad_body */
export function readMessages(value: unknown): ReadMessages {
  const list = listOf(value, 'messages');
  if (list.length === 0) malformed('messages must not be empty.', 'messages');
  const system: Part[] = [];
  const messages: Message[] = [];
  const functionCalls = new Map<string, string>();
  for (const [index, item] of list.entries()) {
    const message = fieldsOf(item, `messages.${index}`);
    const read = readMessage(message, index, functionCalls);
    if (isInstruction(read) && messages.length === 0) system.push(...withOrigin(read, message));
    else if (read.parts.length > 0 || read.role !== 'assistant') messages.push(read);
  }
  return { system, messages };
}

function isInstruction({ role }: Message): boolean {
  return role === 'system' || role === 'developer';
}

/** Where the instructions were a developer's, or had a name, the same dialect hears it again. */
function withOrigin(read: Message, { role, name }: Fields): readonly Part[] {
  if (role === 'system' && read.name === undefined) return read.parts;
  const chat = { role, ...(read.name !== undefined && { name }) };
  return read.parts.map((part) => ({ ...part, extras: { chat } }));
}

function readMessage(message: Fields, index: number, functionCalls: Map<string, string>): Message {
  const param = `messages.${index}`;
  const role = textOf(message.role, `${param}.role`);
  const name = optionalText(message.name, `${param}.name`);
  const others = otherFields(message, KNOWN);
  const common = {
    ...(name !== undefined && role !== 'tool' && role !== 'function' && { name }),
    ...(others && { extras: { chat: others } }),
  };
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      if (message.content === undefined || message.content === null) {
        malformed(`${param}.content is missing.`, `${param}.content`);
      }
      return { role, ...common, parts: readContent(message.content, `${param}.content`) };
    case 'assistant':
      return { role, ...common, parts: readAssistant(message, param, index, functionCalls) };
    case 'tool':
      return { role, ...common, parts: [readResult(message, param)] };
    case 'function':
      return { role: 'tool', ...common, parts: [readFunctionResult(message, param, functionCalls)] };
    default:
      malformed(`${param}.role '${role}' is not known.`, `${param}.role`);
  }
}

function readResult(message: Fields, param: string): ResultPart {
  const name = optionalText(message.name, `${param}.name`);
  return {
    kind: 'result',
    callId: textOf(message.tool_call_id, `${param}.tool_call_id`),
    ...(name !== undefined && { name }),
    parts: readContent(message.content, `${param}.content`),
  };
}

/** The deprecated calls have no ids: the result belongs to the last call of its function. */
function readFunctionResult(
  message: Fields,
  param: string,
  functionCalls: ReadonlyMap<string, string>,
): ResultPart {
  const name = textOf(message.name, `${param}.name`);
  const callId =
    functionCalls.get(name) ?? malformed(`${param} answers a function that was not called.`, `${param}.name`);
  return { kind: 'result', callId, name, parts: readContent(message.content, `${param}.content`) };
}

function readAssistant(
  message: Fields,
  param: string,
  index: number,
  functionCalls: Map<string, string>,
): readonly Part[] {
  const parts = readAssistantParts(message, param);
  const call = optionalFields(message.function_call, `${param}.function_call`);
  if (!call) return parts;
  const name = textOf(call.name, `${param}.function_call.name`);
  const id = `call_function_${index}`;
  functionCalls.set(name, id);
  const text = optionalText(call.arguments, `${param}.function_call.arguments`) ?? '';
  return [...parts, { kind: 'call', id, name, arguments: text === '' ? '{}' : text }];
}
