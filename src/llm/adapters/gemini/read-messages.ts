import type { Message } from '../../conversation/conversation.js';
import { listOf, optionalList } from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { Part, ThoughtPart } from '../../conversation/parts.js';
import { CallIds } from './call-ids.js';
import { messageOf } from './proto.js';
import { readPart } from './read-parts.js';

/** `function` is how older clients mark results. https://ai.google.dev/api/caching#Content */
const ROLES: ReadonlySet<unknown> = new Set([undefined, null, '', 'user', 'model', 'function', 'tool']);

/** @throws KeywheelError bad_body */
export function readMessages(contents: unknown): readonly Message[] {
  const list =
    typeof contents === 'object' && contents !== null && !Array.isArray(contents) ? [contents] : contents;
  const ids = new CallIds('g');
  const read = listOf(list, 'contents').flatMap((content, index) =>
    readContent(content, `contents.${index}`, ids),
  );
  return inTurns(read);
}

/** What came in pieces goes back in pieces: Google's SDK keeps each event of a stream as a content of its own. */
function inTurns(read: readonly Message[]): readonly Message[] {
  const turns: { readonly message: Message; readonly parts: Part[] }[] = [];
  for (const message of read) {
    const last = turns.at(-1);
    if (message.role === 'assistant' && last?.message.role === 'assistant') {
      for (const part of message.parts) last.parts.push(part);
    } else turns.push({ message, parts: [...message.parts] });
  }
  return turns.map(({ message, parts }) =>
    message.role === 'assistant' ? { ...message, parts: joinThoughts(parts) } : message,
  );
}

/** In a stream, the signature of a thought follows its text in a part without any; it belongs to the whole of it. */
function joinThoughts(parts: readonly Part[]): readonly Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    if (part.kind !== 'thought' || part.text !== '' || !part.signature || part.redacted) {
      joined.push(part);
      continue;
    }
    const from = joined.findLastIndex((one) => one.kind !== 'thought' || one.signature !== undefined) + 1;
    const text = joined.splice(from).map((thought) => (thought as ThoughtPart).text);
    joined.push({ ...part, text: text.join('') });
  }
  return joined;
}

/** Texts and, rarely, other parts of an instruction. @throws KeywheelError bad_body */
export function readSystem(instruction: unknown): readonly Part[] {
  if (instruction === undefined || instruction === null) return [];
  if (typeof instruction === 'string') return [{ kind: 'text', text: instruction }];
  const content = messageOf(instruction, 'systemInstruction');
  const ids = new CallIds('s');
  return partsOf(content.parts).map((part, index) => readPart(part, `systemInstruction.parts.${index}`, ids));
}

/** The SDKs make a list of a single part; so does the REST layer. */
function partsOf(parts: unknown): readonly unknown[] {
  return typeof parts === 'object' && parts !== null && !Array.isArray(parts)
    ? [parts]
    : optionalList(parts, 'parts');
}

function readContent(value: unknown, param: string, ids: CallIds): readonly Message[] {
  const { role, parts } = messageOf(value, param);
  if (!ROLES.has(role)) return malformed(`${param}.role must be "user" or "model".`, `${param}.role`);
  const read = partsOf(parts).map((part, index) => readPart(part, `${param}.parts.${index}`, ids));
  if (role === 'model') return [{ role: 'assistant', parts: read }];
  return inRuns(read);
}

/** Results and what the user says may share one content; in a conversation they are messages of their own. */
function inRuns(parts: readonly Part[]): readonly Message[] {
  const messages: { readonly role: 'user' | 'tool'; readonly parts: Part[] }[] = [];
  for (const part of parts) {
    const role = part.kind === 'result' ? 'tool' : 'user';
    const last = messages.at(-1);
    if (last?.role === role) last.parts.push(part);
    else messages.push({ role, parts: [part] });
  }
  return messages;
}
