import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type {
  CallPart,
  MediaPart,
  Part,
  Signature,
  TextPart,
  ThoughtPart,
} from '../../conversation/parts.js';
import { type Place, sealPlaced } from '../../conversation/placed-signatures.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import { seal } from '../../conversation/signatures.js';
import { writeCitation } from './citations.js';

/** A part of an answer as blocks for a client; a foreign signature has a block of its own in front. */
export function writeReplyBlocks(part: Part): readonly Fields[] {
  switch (part.kind) {
    case 'text':
      return textBlocks(part);
    case 'thought':
      return [thoughtBlock(part)];
    case 'call':
      return callBlocks(part);
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }];
    case 'media':
      return [{ type: 'text', text: mediaText(part) }];
    case 'native':
      return part.origin === 'anthropic' && isFields(part.value) ? [part.value] : [];
    case 'result':
      return [];
  }
}

function textBlocks({ text, citations, signature, extras }: TextPart): readonly Fields[] {
  if (text === '') return signature ? [signatureBlock('alone', signature)] : [];
  const cited = (citations ?? []).map(writeCitation).filter((one) => one !== undefined);
  const block: Fields = {
    ...extras?.anthropic,
    type: 'text',
    text,
    ...(cited.length > 0 && { citations: cited }),
  };
  return signature ? [signatureBlock('next', signature), block] : [block];
}

/** A foreign signature in a block that official clients send back as it came. */
export function signatureBlock(place: Place, signature: Signature): Fields {
  return { type: 'redacted_thinking', data: sealPlaced(place, signature, 'anthropic') };
}

export function thoughtBlock({ text, redacted, signature }: ThoughtPart): Fields {
  const sealed = signature ? seal(signature, 'anthropic') : '';
  return redacted
    ? { type: 'redacted_thinking', data: sealed }
    : { type: 'thinking', thinking: text, signature: sealed };
}

function callBlocks({ id, name, arguments: text, signature, extras }: CallPart): readonly Fields[] {
  const block: Fields = { ...extras?.anthropic, type: 'tool_use', id, name, input: inputOf(text) };
  return signature ? [signatureBlock({ call: id }, signature), block] : [block];
}

/**
 * Anthropic's input is an object. Where a model wrote none, the client gets its words in the wrapping that Anthropic
 * itself advises, and its tool can complain of them:
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
 */
function inputOf(text: string): Fields {
  if (text.trim() === '') return {};
  try {
    const input = parsePrecise(text);
    if (isFields(input)) return input;
  } catch {
    // Told below.
  }
  return { INVALID_JSON: text };
}

/** Claude does not answer in pictures or sound, so its clients have no block for them: Markdown, or the words. */
export function mediaText({ media, mime, source, transcript, name }: MediaPart): string {
  if (transcript !== undefined) return transcript;
  switch (source.kind) {
    case 'text':
      return source.text;
    case 'url':
      return `![${name ?? media}](${source.url})`;
    case 'base64':
      return `![${name ?? media}](data:${mime ?? 'application/octet-stream'};base64,${source.data})`;
    case 'file':
      return `[${name ?? media}: ${source.id}]`;
  }
}
