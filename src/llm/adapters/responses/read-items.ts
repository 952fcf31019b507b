import type { Fields } from '../../conversation/dialect.js';
import { optionalText, textOf } from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { CallPart, MediaPart, NativePart, Part, ResultPart } from '../../conversation/parts.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import { readContent } from './read-parts.js';
import { readReasoning } from './reasoning.js';

/** A part of the input that is no message, and on whose side it stands. */
export interface ReadItem {
  readonly role: 'assistant' | 'tool';
  readonly part: Part;
}

type ItemReader = (item: Fields, param: string) => ReadItem;

const READERS: Readonly<Record<string, ItemReader>> = {
  function_call: (item, param) => ({ role: 'assistant', part: readCall(item, param) }),
  custom_tool_call: (item, param) => ({ role: 'assistant', part: readCustomCall(item, param) }),
  function_call_output: (item, param) => ({ role: 'tool', part: readOutput(item, param) }),
  custom_tool_call_output: (item, param) => ({ role: 'tool', part: readOutput(item, param) }),
  reasoning: (item) => ({ role: 'assistant', part: readReasoning(item) }),
  image_generation_call: (item) => ({ role: 'assistant', part: readImageCall(item) ?? native(item) }),
};

/**
 * Everything else that the API runs by itself, and what came of it, is known to this dialect alone.
 * https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 * @throws KeywheelError bad_body
 */
export function readItem(item: Fields, param: string): ReadItem {
  const type = textOf(item.type, `${param}.type`);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  return reader ? reader(item, param) : { role: 'assistant', part: native(item) };
}

function native(item: Fields): NativePart {
  return { kind: 'native', origin: 'responses', value: item };
}

function readCall(item: Fields, param: string): CallPart {
  const text = optionalText(item.arguments, `${param}.arguments`) ?? '';
  return {
    kind: 'call',
    id: textOf(item.call_id, `${param}.call_id`),
    name: textOf(item.name, `${param}.name`),
    arguments: checkedArguments(text, `${param}.arguments`),
    ...namespaceOf(item),
  };
}

/** Kept as the model wrote them; nothing stands for an empty object. */
function checkedArguments(text: string, param: string): string {
  if (text.trim() === '') return '{}';
  try {
    parsePrecise(text);
    return text;
  } catch {
    return malformed(`${param} is no valid JSON.`, param);
  }
}

function readCustomCall(item: Fields, param: string): CallPart {
  return {
    kind: 'call',
    id: textOf(item.call_id, `${param}.call_id`),
    name: textOf(item.name, `${param}.name`),
    arguments: optionalText(item.input, `${param}.input`) ?? '',
    freeform: true,
    ...namespaceOf(item),
  };
}

function namespaceOf({ namespace }: Fields): Pick<CallPart, 'extras'> {
  return typeof namespace === 'string' ? { extras: { responses: { namespace } } } : {};
}

function readOutput(item: Fields, param: string): ResultPart {
  return {
    kind: 'result',
    callId: textOf(item.call_id, `${param}.call_id`),
    parts: readContent(item.output ?? '', `${param}.output`),
  };
}

/** An image that the model made, where it is there. https://platform.openai.com/docs/guides/tools-image-generation */
export function readImageCall(item: Fields): MediaPart | undefined {
  const { result, output_format: format } = item;
  if (typeof result !== 'string' || result === '') return undefined;
  const { result: _result, ...rest } = item;
  return {
    kind: 'media',
    media: 'image',
    mime: `image/${typeof format === 'string' ? format : 'png'}`,
    source: { kind: 'base64', data: result },
    extras: { responses: { item: rest } },
  };
}
