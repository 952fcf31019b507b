import type { Conversation, Message } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { NOTHING_SAID, type Notes, refuse } from '../../conversation/notes.js';
import type { MediaPart, Part, ResultPart, TextPart } from '../../conversation/parts.js';
import { wireCallId } from './call-ids.js';
import type { Quirks } from './quirks.js';
import { writeAssistant } from './write-assistant.js';
import { writeMedia, writeTexts, writeUserContent } from './write-parts.js';

/**
 * How the result of a tool that failed is told to the model: the protocol has no field for it, so its text begins
 * with this.
 */
export const ERROR_MARK = 'Error: ';

/** @throws KeywheelError untranslatable */
export function writeMessages({ system, messages }: Conversation, quirks: Quirks, notes: Notes): Fields[] {
  const out: Fields[] = writeSystem(system, quirks);
  let media: readonly Fields[] = [];
  for (const [index, message] of joinTurns(messages).entries()) {
    const param = `messages.${index}`;
    const results = message.parts.filter((part) => part.kind === 'result');
    if (media.length > 0 && results.length === 0) {
      out.push({ role: 'user', content: media });
      media = [];
    }
    for (const result of results) {
      out.push(writeResult(result, quirks));
      media = [...media, ...mediaOfResult(result, quirks, param)];
    }
    if (message.role === 'tool') continue;
    const rest = message.parts.filter((part) => part.kind !== 'result');
    if (rest.length === 0) continue;
    out.push(...writeMessage({ ...message, parts: rest }, quirks, { param, notes }));
    if (message.role === 'assistant') media = mediaOfAnswer(rest, quirks, param);
  }
  if (media.length > 0) out.push({ role: 'user', content: media });
  if (out.length === 0) refuse(NOTHING_SAID, 'messages');
  return out;
}

/** Instructions of one origin make one message. */
function writeSystem(system: readonly Part[], quirks: Quirks): Fields[] {
  const out: Fields[] = [];
  let run: TextPart[] = [];
  const flush = () => {
    if (run.length === 0) return;
    const { role, name } = run[0]!.extras?.chat ?? {};
    out.push({
      role: role === 'developer' && quirks.developer ? 'developer' : 'system',
      content: writeTexts(run, quirks, '\n\n'),
      ...(typeof name === 'string' && { name }),
    });
    run = [];
  };
  for (const part of system) {
    if (part.kind !== 'text' || part.text === '') continue;
    if (run.length > 0 && originOf(run[0]!) !== originOf(part)) flush();
    run.push(part);
  }
  flush();
  return out;
}

function originOf({ extras }: TextPart): string {
  const { role = 'system', name = '' } = extras?.chat ?? {};
  return `${String(role)} ${String(name)}`;
}

/**
 * Calls must be followed by their results at once, so an answer that came in several messages becomes one: what
 * has only thoughts or has calls goes together with what follows, and calls with what came before.
 */
function joinTurns(messages: readonly Message[]): readonly Message[] {
  const out: Message[] = [];
  for (const message of messages) {
    const before = out.at(-1);
    if (before && belongTogether(before, message)) {
      out[out.length - 1] = { ...before, parts: [...before.parts, ...message.parts] };
    } else out.push(message);
  }
  return out;
}

function belongTogether(before: Message, after: Message): boolean {
  if (before.role !== 'assistant' || after.role !== 'assistant' || before.name !== after.name) return false;
  const calls = (message: Message) => message.parts.some(({ kind }) => kind === 'call');
  return calls(before) || calls(after) || before.parts.every(({ kind }) => kind === 'thought');
}

function writeMessage(
  message: Message,
  quirks: Quirks,
  { param, notes }: { readonly param: string; readonly notes: Notes },
): readonly Fields[] {
  const { role, name, parts, extras } = message;
  const common = { ...extras?.chat, ...(name !== undefined && { name }) };
  if (role === 'assistant') {
    const written = writeAssistant(parts, quirks, notes);
    return written ? [{ ...common, role, ...written }] : [];
  }
  if (role === 'user') return [{ ...common, role, content: writeUserContent(parts, quirks, param) }];
  const texts = parts.filter((part) => part.kind === 'text');
  if (texts.length === 0) return [];
  const spoken = role === 'developer' && !quirks.developer ? 'system' : role;
  return [{ ...common, role: spoken, content: writeTexts(texts, quirks, '\n\n') }];
}

/** Only text fits into a result; its media follow in a message of the user. */
function writeResult({ callId, parts, isError }: ResultPart, quirks: Quirks): Fields {
  const texts = parts.filter((part) => part.kind === 'text');
  const media = parts.filter((part) => part.kind === 'media');
  if (texts.length === 0 && media.length > 0) {
    texts.push({
      kind: 'text',
      text: `The result is ${media.length} attachment(s) in the next user message.`,
    });
  }
  if (isError)
    texts[0] = { ...texts[0], kind: 'text', text: ERROR_MARK + (texts[0]?.text ?? 'the tool failed') };
  const content = texts.length === 0 ? '' : writeTexts(texts, quirks, '\n');
  return { role: 'tool', tool_call_id: wireCallId(callId, quirks.callIds), content };
}

function mediaOfResult({ callId, parts }: ResultPart, quirks: Quirks, param: string): readonly Fields[] {
  const media = parts.filter((part) => part.kind === 'media');
  const id = wireCallId(callId, quirks.callIds);
  return introduced(media, `Attachments of the result of tool call ${id}:`, quirks, param);
}

/** Of what an answer showed, only sound has a place in the message itself. */
function mediaOfAnswer(parts: readonly Part[], quirks: Quirks, param: string): readonly Fields[] {
  const media = parts.filter((part) => part.kind === 'media' && part.media !== 'audio');
  return quirks.imageOutput && quirks.thoughts === 'reasoning_details'
    ? []
    : introduced(media as MediaPart[], 'Attachments of your answer:', quirks, param);
}

function introduced(
  media: readonly MediaPart[],
  text: string,
  quirks: Quirks,
  param: string,
): readonly Fields[] {
  if (media.length === 0) return [];
  return [{ type: 'text', text }, ...media.map((part) => writeMedia(part, quirks, param))];
}
