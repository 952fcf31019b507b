import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  optionalList,
  optionalText,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed, refuse } from '../../conversation/notes.js';
import type { MediaPart, Part, ResultPart } from '../../conversation/parts.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import type { CallIds } from './call-ids.js';
import { readFileData, readInlineData, writeMedia } from './media.js';
import { isGemini3 } from './model-facts.js';
import { messageOf, optionalMessage } from './proto.js';

/*
 * Results of calls: an object whose `output` or `error` says what came of it; an object with neither is the output
 * as a whole. https://ai.google.dev/api/caching#FunctionResponse
 */

const KNOWN: ReadonlySet<string> = new Set(['id', 'name', 'response', 'parts']);

/** @throws KeywheelError bad_body */
export function readFunctionResponse(result: Fields, param: string, ids: CallIds): ResultPart {
  const name = textOf(result.name, `${param}.name`);
  const callId = ids.forResult(optionalText(result.id, `${param}.id`) || undefined, name);
  const response = fieldsOf(result.response ?? {}, `${param}.response`);
  const failed = Object.keys(response).length === 1 && response.error !== undefined;
  const media = optionalList(result.parts, `${param}.parts`).map((part, index) =>
    readMediaPart(part, `${param}.parts.${index}`),
  );
  const text = outputText(failed ? response.error : response, failed);
  const gemini = otherFields(result, KNOWN);
  return {
    kind: 'result',
    callId,
    name,
    parts: text === '' && media.length > 0 ? media : [{ kind: 'text', text }, ...media],
    ...(failed && { isError: true }),
    ...(gemini && { extras: { gemini } }),
  };
}

function outputText(value: unknown, failed: boolean): string {
  const output =
    !failed && isFields(value) && Object.keys(value).length === 1 && 'output' in value ? value.output : value;
  return typeof output === 'string' ? output : JSON.stringify(output ?? null);
}

function readMediaPart(value: unknown, param: string): MediaPart {
  const part = messageOf(value, param);
  const blob = optionalMessage(part.inlineData, `${param}.inlineData`);
  if (blob) return readInlineData(blob, `${param}.inlineData`);
  const file = optionalMessage(part.fileData, `${param}.fileData`);
  if (file) return readFileData(file, `${param}.fileData`);
  return malformed(`${param} must have inlineData or fileData.`, param);
}

/** What a result becomes: itself, and the media that it cannot hold, which stand beside it. */
export interface WrittenResult {
  readonly part: Fields;
  readonly beside: readonly Fields[];
}

/** @throws KeywheelError untranslatable */
export function writeFunctionResponse(
  result: ResultPart,
  name: string,
  model: string,
  id?: string,
): WrittenResult {
  const texts: string[] = [];
  const inside: Fields[] = [];
  const beside: Fields[] = [];
  for (const part of result.parts) {
    if (part.kind === 'media') (fitsInside(part, model) ? inside : beside).push(writeMedia(part));
    else texts.push(plainTextOf(part));
  }
  const functionResponse = {
    ...(id !== undefined && { id }),
    name,
    response: responseOf(texts.join('\n'), result.isError === true),
    ...(inside.length > 0 && { parts: inside }),
    ...result.extras?.gemini,
  };
  return { part: { functionResponse }, beside };
}

/** https://ai.google.dev/gemini-api/docs/function-calling#multimodal */
const TYPES_INSIDE: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/webp',
  'application/pdf',
  'text/plain',
]);

function fitsInside(part: MediaPart, model: string): boolean {
  if (!isGemini3(model) || part.source.kind === 'url') return false;
  return part.mime === undefined || TYPES_INSIDE.has(part.mime);
}

function plainTextOf(part: Part): string {
  if (part.kind === 'text' || part.kind === 'refusal') return part.text;
  if (part.kind === 'native') return JSON.stringify(part.value);
  return refuse(`The result of a call cannot hold a ${part.kind} for Gemini.`, 'contents');
}

function responseOf(text: string, failed: boolean): Fields {
  if (failed) return { error: text };
  return wholeObject(text) ?? { output: text };
}

/**
 * A text that is a JSON object, written as JSON.stringify does, goes as that object; then it reads back as the same
 * text. Not where its fields mean something to Google: `output`, `error`, and `$ref`, which points to media.
 */
function wholeObject(text: string): Fields | undefined {
  if (!text.startsWith('{') || !text.endsWith('}') || text.includes('"$ref"')) return undefined;
  try {
    const parsed = parsePrecise(text);
    if (!isFields(parsed) || 'output' in parsed || 'error' in parsed) return undefined;
    return JSON.stringify(parsed) === text ? parsed : undefined;
  } catch {
    return undefined;
  }
}
