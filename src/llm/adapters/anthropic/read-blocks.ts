import type { Extras, Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  listOf,
  optionalFlag,
  optionalList,
  optionalText,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { CallPart, Citation, Part, ResultPart, Signature, TextPart } from '../../conversation/parts.js';
import { attachSignatures } from '../../conversation/placed-signatures.js';
import { unseal } from '../../conversation/signatures.js';
import { readCacheMark } from './cache-control.js';
import { readCitation } from './citations.js';
import { readDocument, readImage, readSearchResult } from './read-media.js';

/** Who wrote the blocks: what a client sends back may hold sealed signatures, an upstream's are its own. */
export type Author = 'client' | 'upstream';

/**
 * A message's content: a text, or blocks. Blocks of a type that only Anthropic has become native parts.
 * https://platform.claude.com/docs/en/api/messages
 * @throws KeywheelError bad_body
 */
export function readContent(content: unknown, author: Author, param: string): readonly Part[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  const blocks = listOf(content, param);
  const parts: Part[] = [];
  for (let i = 0; i < blocks.length; i++) parts.push(...readBlock(blocks[i], author, `${param}.${i}`));
  return author === 'client' ? attachSignatures(parts) : parts;
}

/** One block; search results and documents made of blocks can be several parts. @throws KeywheelError bad_body */
export function readBlock(value: unknown, author: Author, param: string): readonly Part[] {
  const block = fieldsOf(value, param);
  switch (textOf(block.type, `${param}.type`)) {
    case 'text':
      return [readText(block, param)];
    case 'image':
      return [readImage(block, param)];
    case 'document':
      return readDocument(block, param);
    case 'search_result':
      return [readSearchResult(block, param)];
    case 'thinking':
      return [readThinking(block, author, param)];
    case 'redacted_thinking':
      return [
        {
          kind: 'thought',
          text: '',
          redacted: true,
          signature: readSignature(textOf(block.data, `${param}.data`), author),
        },
      ];
    case 'tool_use':
      return [readCall(block, param)];
    case 'tool_result':
      return [readResult(block, param)];
    default:
      return [{ kind: 'native', origin: 'anthropic', value: block, ...readCacheMark(block) }];
  }
}

const TEXT_FIELDS = new Set(['type', 'text', 'citations', 'cache_control']);

function readText(block: Fields, param: string): TextPart {
  const text = textOf(block.text, `${param}.text`);
  const citations = optionalList(block.citations, `${param}.citations`)
    .map(readCitation)
    .filter((citation): citation is Citation => citation !== undefined);
  return {
    kind: 'text',
    text,
    ...(citations.length > 0 && { citations }),
    ...readCacheMark(block),
    ...sideFields(block, TEXT_FIELDS),
  };
}

function readThinking(block: Fields, author: Author, param: string): Part {
  const text = textOf(block.thinking, `${param}.thinking`);
  const signature = optionalText(block.signature, `${param}.signature`);
  return { kind: 'thought', text, ...(signature && { signature: readSignature(signature, author) }) };
}

export function readSignature(value: string, author: Author): Signature {
  return author === 'client' ? unseal(value, 'anthropic') : { origin: 'anthropic', value };
}

const CALL_FIELDS = new Set(['type', 'id', 'name', 'input', 'cache_control', 'caller']);

/** A call without its input: what a stream tells when the block begins. */
export function callHead(block: Fields, param: string): Pick<CallPart, 'id' | 'name' | 'extras'> {
  // A call that the model made itself is the usual one; code in a container can make calls too.
  const indirect = isFields(block.caller) && block.caller.type !== 'direct';
  const others = otherFields(block, CALL_FIELDS);
  const side = indirect ? { ...others, caller: block.caller } : others;
  return {
    id: textOf(block.id, `${param}.id`),
    name: textOf(block.name, `${param}.name`),
    ...(side && { extras: { anthropic: side } }),
  };
}

function readCall(block: Fields, param: string): CallPart {
  const input = block.input ?? {};
  if (!isFields(input)) return malformed(`${param}.input must be an object.`, `${param}.input`);
  return {
    kind: 'call',
    ...callHead(block, param),
    arguments: JSON.stringify(input),
    ...readCacheMark(block),
  };
}

const RESULT_FIELDS = new Set(['type', 'tool_use_id', 'content', 'is_error', 'cache_control']);

function readResult(block: Fields, param: string): ResultPart {
  const content = block.content ?? [];
  const isError = optionalFlag(block.is_error, `${param}.is_error`);
  return {
    kind: 'result',
    callId: textOf(block.tool_use_id, `${param}.tool_use_id`),
    parts: readContent(content, 'client', `${param}.content`),
    ...(isError && { isError }),
    ...readCacheMark(block),
    ...sideFields(block, RESULT_FIELDS),
  };
}

function sideFields(fields: Fields, known: ReadonlySet<string>): { readonly extras?: Extras } {
  const others = otherFields(fields, known);
  return others ? { extras: { anthropic: others } } : {};
}
