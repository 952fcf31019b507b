import type { Fields } from '../../conversation/dialect.js';
import { fieldsOf, isFields, optionalText, otherFields, textOf } from '../../conversation/fields.js';
import type { CallPart, MediaPart, Part, ThoughtPart } from '../../conversation/parts.js';
import type { CallIds } from './call-ids.js';
import { readSignature } from './carried-signature.js';
import { readFileData, readInlineData } from './media.js';
import { messageOf, optionalMessage } from './proto.js';
import { readFunctionResponse } from './results.js';

const KNOWN: ReadonlySet<string> = new Set([
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
]);
const KNOWN_OF_MEDIA: ReadonlySet<string> = new Set([
  'thoughtSignature',
  'inlineData',
  'fileData',
  'audioTranscription',
]);

/**
 * Reads a `Part`, of a request or an answer. https://ai.google.dev/api/caching#Part
 * @throws KeywheelError bad_body
 */
export function readPart(value: unknown, param: string, ids: CallIds): Part {
  const part = messageOf(value, param);
  const { thoughtSignature } = part;
  if (typeof thoughtSignature !== 'string' || thoughtSignature === '') return readData(part, param, ids);
  const { signature, redacted } = readSignature(thoughtSignature);
  const read = readData(part, param, ids);
  if (!signature) return read;
  return read.kind === 'thought' && redacted ? { ...read, signature, redacted } : { ...read, signature };
}

function readData(part: Fields, param: string, ids: CallIds): Part {
  if (typeof part.text === 'string') return textPart(part, part.text);
  const call = optionalMessage(part.functionCall, `${param}.functionCall`);
  if (call) return withExtras(readFunctionCall(call, `${param}.functionCall`, ids), part);
  const result = optionalMessage(part.functionResponse, `${param}.functionResponse`);
  if (result) return withExtras(readFunctionResponse(result, `${param}.functionResponse`, ids), part);
  return readMedia(part, param) ?? readRest(part, param);
}

function textPart(part: Fields, text: string): Part {
  const read: Part = part.thought === true ? { kind: 'thought', text } : { kind: 'text', text };
  return withExtras(read, part);
}

function readMedia(part: Fields, param: string): MediaPart | undefined {
  const blob = optionalMessage(part.inlineData, `${param}.inlineData`);
  const file = blob ? undefined : optionalMessage(part.fileData, `${param}.fileData`);
  const media = blob
    ? readInlineData(blob, `${param}.inlineData`)
    : file && readFileData(file, `${param}.fileData`);
  if (!media) return undefined;
  const gemini = otherFields(part, KNOWN_OF_MEDIA);
  const transcript = isFields(part.audioTranscription) ? part.audioTranscription.text : undefined;
  return {
    ...media,
    ...(gemini && { extras: { gemini }, detail: detailOf(gemini.mediaResolution) }),
    ...(typeof transcript === 'string' && { transcript }),
  };
}

/** https://ai.google.dev/gemini-api/docs/media-resolution */
function detailOf(resolution: unknown): MediaPart['detail'] {
  const level = isFields(resolution) ? resolution.level : resolution;
  if (level === 'MEDIA_RESOLUTION_LOW') return 'low';
  if (level === 'MEDIA_RESOLUTION_ULTRA_HIGH') return 'original';
  return level === 'MEDIA_RESOLUTION_HIGH' ? 'high' : undefined;
}

/** Code that ran, calls of Google's own tools, and whatever comes to be: for Gemini alone. */
function readRest(part: Fields, param: string): Part {
  const { thoughtSignature: _, ...value } = part;
  const data = Object.keys(value).filter((name) => name !== 'thought');
  if (data.length > 0 && value.text == null) return { kind: 'native', origin: 'gemini', value };
  const text = optionalText(part.text, `${param}.text`) ?? '';
  return part.thought === true ? ({ kind: 'thought', text } satisfies ThoughtPart) : { kind: 'text', text };
}

function readFunctionCall(call: Fields, param: string, ids: CallIds): CallPart {
  const name = textOf(call.name, `${param}.name`);
  const id = ids.forCall(optionalText(call.id, `${param}.id`) || undefined, name);
  return { kind: 'call', id, name, arguments: argumentsOf(call.args, `${param}.args`) };
}

/** JSON text of `args`, an object. */
function argumentsOf(args: unknown, param: string): string {
  return args === undefined || args === null ? '{}' : JSON.stringify(fieldsOf(args, param));
}

function withExtras<P extends Part>(part: P, fields: Fields): P {
  const gemini = otherFields(fields, KNOWN);
  return gemini ? { ...part, extras: { gemini } } : part;
}
