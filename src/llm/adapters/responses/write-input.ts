import type { Conversation, Message } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import type { CallPart, MediaPart, Part, ResultPart, TextPart } from '../../conversation/parts.js';
import { wireCallId } from './ids.js';
import { writeReasoning } from './reasoning.js';
import { type PartRules, writeContent, writeMedia } from './write-parts.js';

/**
 * How the result of a tool that failed is told to the model: the protocol has no field for it, so its text begins
 * with this.
 */
export const ERROR_MARK = 'Error: ';

export interface InputRules extends PartRules {
  readonly notes: Notes;
}

/** `instructions` and `input`. @throws KeywheelError untranslatable */
export function writeInput({ system, messages }: Conversation, rules: InputRules): Fields {
  const freeform = freeformCalls(messages);
  const alone = system.length === 1 && isPlain(system[0]!) ? (system[0] as TextPart).text : undefined;
  const first = alone === undefined ? writeSystem(system, rules) : [];
  const rest = messages.flatMap((message, index) =>
    writeMessage(message, { ...rules, freeform, param: `messages.${index}` }),
  );
  return { ...(alone !== undefined && { instructions: alone }), input: [...first, ...rest] };
}

/** It can be said in `instructions`, where nothing but a text fits. */
function isPlain({ kind, cache, extras }: Part): boolean {
  return kind === 'text' && !cache && extras?.responses?.role === undefined;
}

function writeSystem(system: readonly Part[], rules: InputRules): readonly Fields[] {
  return system
    .filter((part) => part.kind === 'text' && part.text !== '')
    .map((part) => ({
      role: part.extras?.responses?.role === 'developer' ? 'developer' : 'system',
      content: writeContent([part], rules, 'system'),
    }));
}

function freeformCalls(messages: readonly Message[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { parts } of messages) {
    for (const part of parts) if (part.kind === 'call' && part.freeform) ids.add(part.id);
  }
  return ids;
}

interface MessageRules extends InputRules {
  readonly freeform: ReadonlySet<string>;
  readonly param: string;
}

function writeMessage({ role, name, parts }: Message, rules: MessageRules): readonly Fields[] {
  if (name !== undefined) rules.notes.dropped('name');
  if (role === 'assistant') return writeAssistant(parts, rules);
  const results = parts.filter((part) => part.kind === 'result').map((part) => writeResult(part, rules));
  const content = writeContent(parts, rules, rules.param);
  if (content.length === 0) return results;
  return [...results, { role: role === 'tool' ? 'user' : role, content }];
}

/** Each text, thought and call is an item of its own. */
function writeAssistant(parts: readonly Part[], rules: MessageRules): readonly Fields[] {
  const items: Fields[] = [];
  const media: MediaPart[] = [];
  for (const part of parts) {
    if (part.kind === 'media' && !part.extras?.responses?.item) media.push(part);
    else items.push(...writeItem(part, rules));
  }
  if (media.length === 0) return items;
  const shown = media.map((part) => writeMedia(part, rules, rules.param));
  const content = [{ type: 'input_text', text: 'Attachments of your answer:' }, ...shown];
  return [...items, { role: 'user', content }];
}

function writeItem(part: Part, rules: MessageRules): readonly Fields[] {
  switch (part.kind) {
    case 'text':
      return writeSaid(part.text, part.text, part);
    case 'refusal':
      return writeSaid(part.text, [{ type: 'refusal', refusal: part.text }], part);
    case 'thought': {
      const item = writeReasoning(part);
      if (!item) rules.notes.dropped('thoughts');
      return item ? [item] : [];
    }
    case 'call':
      return [writeCall(part)];
    case 'native':
      return part.origin === 'responses' ? [part.value as Fields] : [];
    case 'media':
      return part.source.kind === 'base64'
        ? [{ ...(part.extras!.responses!.item as Fields), result: part.source.data }]
        : [];
    default:
      return [];
  }
}

/** Parts of type `output_text` belong to messages with an id, which only OpenAI gives: a text without is a string. */
function writeSaid(text: string, content: unknown, { extras }: Part): readonly Fields[] {
  if (text === '') return [];
  const phase = extras?.responses?.phase;
  return [{ role: 'assistant', content, ...(typeof phase === 'string' && { phase }) }];
}

function writeCall({ id, name, arguments: text, freeform, extras }: CallPart): Fields {
  const common = { call_id: wireCallId(id), name, ...extras?.responses };
  if (freeform) return { type: 'custom_tool_call', ...common, input: text };
  return { type: 'function_call', ...common, arguments: text === '' ? '{}' : text };
}

function writeResult({ callId, parts, isError }: ResultPart, rules: MessageRules): Fields {
  const [first, ...rest] = parts;
  const marked: readonly Part[] =
    first?.kind === 'text'
      ? [{ ...first, text: ERROR_MARK + first.text }, ...rest]
      : [{ kind: 'text', text: `${ERROR_MARK}the tool failed` }, ...parts];
  const told = isError ? marked : parts;
  const only = told.length === 1 && told[0]!.kind === 'text' && !told[0]!.cache ? told[0]!.text : undefined;
  return {
    type: rules.freeform.has(callId) ? 'custom_tool_call_output' : 'function_call_output',
    call_id: wireCallId(callId),
    output: only ?? (told.length === 0 ? '' : writeContent(told, rules, rules.param)),
  };
}
