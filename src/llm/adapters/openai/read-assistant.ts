import type { Fields } from '../../conversation/dialect.js';
import { fieldsOf, optionalFields, optionalList, optionalText, textOf } from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { CallPart, MediaPart, Part } from '../../conversation/parts.js';
import { readCitations } from './citations.js';
import { readContent } from './read-parts.js';
import { readGoogleSignature, readThoughts } from './reasoning.js';

/**
 * What an earlier answer was made of, as a client gives it back: thoughts, text, refusal, media, calls.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 * @throws KeywheelError bad_body
 */
export function readAssistantParts(message: Fields, param: string): readonly Part[] {
  const refusal = optionalText(message.refusal, `${param}.refusal`);
  const calls = optionalList(message.tool_calls, `${param}.tool_calls`);
  return [
    ...readThoughts(message),
    ...readText(message, param),
    ...(refusal === undefined || refusal === '' ? [] : [{ kind: 'refusal' as const, text: refusal }]),
    ...readAudio(message, param),
    ...readImages(message, param),
    ...calls.map((call, index) => readCall(call, `${param}.tool_calls.${index}`)),
  ];
}

/** The citations, and Google's signature of a message, belong to its last text. */
function readText(message: Fields, param: string): readonly Part[] {
  const parts = readContent(message.content, `${param}.content`).filter(
    (part) => part.kind !== 'text' || part.text !== '',
  );
  const at = parts.findLastIndex(({ kind }) => kind === 'text');
  const signature = readGoogleSignature(message);
  const citations = readCitations(message.annotations);
  if (at === -1 || (!signature && citations.length === 0)) return parts;
  return parts.map((part, index) =>
    index === at
      ? { ...part, ...(signature && { signature }), ...(citations.length > 0 && { citations }) }
      : part,
  );
}

/** Of an earlier spoken answer, the id is given back: https://platform.openai.com/docs/guides/audio#multi-turn-conversations */
function readAudio(message: Fields, param: string): readonly MediaPart[] {
  const audio = optionalFields(message.audio, `${param}.audio`);
  if (!audio) return [];
  const id = textOf(audio.id, `${param}.audio.id`);
  const transcript = optionalText(audio.transcript, `${param}.audio.transcript`);
  return [
    {
      kind: 'media',
      media: 'audio',
      source: { kind: 'file', origin: 'chat', id },
      ...(transcript !== undefined && { transcript }),
    },
  ];
}

/** Images of an answer stand in `images`: https://openrouter.ai/docs/features/multimodal/image-generation */
function readImages(message: Fields, param: string): readonly Part[] {
  const images = optionalList(message.images, `${param}.images`);
  return images.length === 0 ? [] : readContent(images, `${param}.images`);
}

function readCall(value: unknown, param: string): CallPart {
  const call = fieldsOf(value, param);
  const id = textOf(call.id, `${param}.id`);
  const signature = readGoogleSignature(call);
  const signed = signature && { signature };
  if (call.type === 'custom') {
    const custom = fieldsOf(call.custom, `${param}.custom`);
    const input = optionalText(custom.input, `${param}.custom.input`) ?? '';
    const name = textOf(custom.name, `${param}.custom.name`);
    return { kind: 'call', id, name, arguments: input, freeform: true, ...signed };
  }
  const called = fieldsOf(call.function, `${param}.function`);
  const name = textOf(called.name, `${param}.function.name`);
  return {
    kind: 'call',
    id,
    name,
    arguments: readArguments(called.arguments, `${param}.function`),
    ...signed,
  };
}

/** Kept as the model wrote them; nothing stands for an empty object. */
function readArguments(value: unknown, param: string): string {
  const text = optionalText(value, `${param}.arguments`) ?? '';
  if (text.trim() === '') return '{}';
  try {
    parsePrecise(text);
    return text;
  } catch {
    return malformed(`${param}.arguments is no valid JSON.`, `${param}.arguments`);
  }
}
