import type { Fields } from '../../conversation/dialect.js';
import { fieldsOf, isFields, listOf, optionalText, otherFields, textOf } from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { MediaPart, MediaSource, Part, TextPart } from '../../conversation/parts.js';
import { readCacheMark } from './cache-control.js';

/**
 * A block whose shape the conversation has no word for is read as parts that every dialect has; the first of them
 * keeps the block as it came under this name, for Anthropic itself, and the others are marked as covered by it.
 */
export const WHOLE_BLOCK = 'block';
export const COVERED = 'covered';

const IMAGE_FIELDS = new Set(['type', 'source', 'cache_control']);

/** https://platform.claude.com/docs/en/build-with-claude/vision */
export function readImage(block: Fields, param: string): MediaPart {
  const others = otherFields(block, IMAGE_FIELDS);
  return {
    kind: 'media',
    media: 'image',
    ...readSource(fieldsOf(block.source, `${param}.source`), `${param}.source`),
    ...readCacheMark(block),
    ...(others && { extras: { anthropic: others } }),
  };
}

const DOCUMENT_FIELDS = new Set(['type', 'source', 'title', 'cache_control']);

/** https://platform.claude.com/docs/en/build-with-claude/pdf-support, and …/citations for the other sources */
export function readDocument(block: Fields, param: string): readonly Part[] {
  const source = fieldsOf(block.source, `${param}.source`);
  if (source.type === 'content') return readContentDocument(block, source, param);
  const name = optionalText(block.title, `${param}.title`);
  const others = otherFields(block, DOCUMENT_FIELDS);
  const read = readSource(source, `${param}.source`);
  return [
    {
      kind: 'media',
      media: 'document',
      ...read,
      // A URL can only be that of a PDF; a file may be anything that was uploaded.
      ...(source.type === 'url' && { mime: 'application/pdf' }),
      ...(name !== undefined && { name }),
      ...readCacheMark(block),
      ...(others && { extras: { anthropic: others } }),
    },
  ];
}

function readSource(source: Fields, param: string): { readonly mime?: string; readonly source: MediaSource } {
  const text = (field: string): string => textOf(source[field], `${param}.${field}`);
  switch (source.type) {
    case 'base64':
      return { mime: text('media_type'), source: { kind: 'base64', data: text('data') } };
    case 'url':
      return { source: { kind: 'url', url: text('url') } };
    case 'file':
      return { source: { kind: 'file', origin: 'anthropic', id: text('file_id') } };
    case 'text':
      return { mime: 'text/plain', source: { kind: 'text', text: text('data') } };
    default:
      return malformed(`${param}.type is none of base64, url, file and text.`, `${param}.type`);
  }
}

/** A document in pieces of text and images: its texts as one plain document, then the images. */
function readContentDocument(block: Fields, source: Fields, param: string): readonly Part[] {
  const at = `${param}.source.content`;
  const pieces = typeof source.content === 'string' ? [] : listOf(source.content, at);
  const texts = typeof source.content === 'string' ? [source.content] : [];
  const images: Part[] = [];
  for (const [index, piece] of pieces.entries()) {
    const fields = fieldsOf(piece, `${at}.${index}`);
    if (fields.type === 'image') {
      images.push({ ...readImage(fields, `${at}.${index}`), extras: { anthropic: { [COVERED]: true } } });
    } else {
      texts.push(textOf(fields.text, `${at}.${index}.text`));
    }
  }
  const name = optionalText(block.title, `${param}.title`);
  const document: MediaPart = {
    kind: 'media',
    media: 'document',
    mime: 'text/plain',
    source: { kind: 'text', text: texts.join('\n\n') },
    ...(name !== undefined && { name }),
    extras: { anthropic: { [WHOLE_BLOCK]: block } },
  };
  return [document, ...images];
}

/** What a client's own search found. https://platform.claude.com/docs/en/build-with-claude/search-results */
export function readSearchResult(block: Fields, param: string): TextPart {
  const title = textOf(block.title, `${param}.title`);
  const source = textOf(block.source, `${param}.source`);
  const texts = listOf(block.content, `${param}.content`).map((piece) =>
    isFields(piece) && typeof piece.text === 'string' ? piece.text : '',
  );
  return {
    kind: 'text',
    text: [`${title} (${source})`, ...texts].join('\n'),
    extras: { anthropic: { [WHOLE_BLOCK]: block } },
  };
}
