import type { Fields } from '../../conversation/dialect.js';
import { textOf, optionalText } from '../../conversation/fields.js';
import { refuse } from '../../conversation/notes.js';
import type { MediaPart, MediaSource } from '../../conversation/parts.js';
import { generationOf } from './model-facts.js';

const FILES_API = /^(?:https:\/\/[^/]+\/(?:v\d+[a-z]*\/)?)?files\/[^/]+$/;
const YOUTUBE = /^https:\/\/(?:(?:www\.|m\.)?youtube\.com\/(?:watch\?|shorts\/|live\/)|youtu\.be\/)/;

/** Reads `inlineData` (a Blob). @throws KeywheelError bad_body */
export function readInlineData(blob: Fields, param: string): MediaPart {
  const mime = optionalText(blob.mimeType, `${param}.mimeType`);
  const data = textOf(blob.data, `${param}.data`);
  const source = (mime === 'text/plain' && plainText(data)) || { kind: 'base64' as const, data };
  return withName({ kind: 'media', media: mediaOf(mime), mime, source }, blob.displayName);
}

/** Reads `fileData`: a file of the Files API is known by its URI, anything else is a URL. @throws KeywheelError bad_body */
export function readFileData(file: Fields, param: string): MediaPart {
  const mime = optionalText(file.mimeType, `${param}.mimeType`);
  const uri = textOf(file.fileUri, `${param}.fileUri`);
  const source: MediaSource = FILES_API.test(uri)
    ? { kind: 'file', origin: 'gemini', id: uri }
    : { kind: 'url', url: uri };
  const media = mime === undefined && YOUTUBE.test(uri) ? 'video' : mediaOf(mime ?? mimeOfUrl(uri));
  return withName({ kind: 'media', media, mime, source }, file.displayName);
}

/** `inlineData` or `fileData`. @throws KeywheelError untranslatable for a file of another provider */
export function writeMedia(part: MediaPart, param = 'contents'): Fields {
  const { source, name } = part;
  const displayName = name === undefined ? undefined : { displayName: name };
  switch (source.kind) {
    case 'base64':
      return {
        inlineData: { mimeType: mimeOf(part, source.data, param), data: source.data, ...displayName },
      };
    case 'text': {
      const data = Buffer.from(source.text).toString('base64');
      return { inlineData: { mimeType: part.mime ?? 'text/plain', data, ...displayName } };
    }
    case 'url':
      return writeUrl(part, source.url);
    case 'file':
      if (source.origin === 'gemini') return { fileData: { mimeType: part.mime, fileUri: source.id } };
      return refuse(
        `A file that lies at another provider cannot be given to Gemini: send its content.`,
        param,
      );
  }
}

/**
 * Whether the source must be fetched and sent along. Gemini fetches public https URLs of these types by itself,
 * save for Gemini 2.0 and models that are no Gemini, and knows YouTube and Cloud Storage.
 * https://ai.google.dev/gemini-api/docs/file-input-methods
 */
export function mustFetch(part: MediaPart, model: string): boolean {
  if (part.source.kind !== 'url') return false;
  const { url } = part.source;
  if (!/^https?:/i.test(url) || YOUTUBE.test(url) || FILES_API.test(url)) return false;
  const mime = part.mime ?? mimeOfUrl(url);
  const generation = generationOf(model);
  const fetches = generation > 2 && url.startsWith('https:') && mime !== undefined && FETCHED.has(mime);
  return !fetches;
}

const FETCHED: ReadonlySet<string> = new Set([
  'text/html',
  'text/css',
  'text/plain',
  'text/xml',
  'text/csv',
  'text/rtf',
  'text/javascript',
  'application/json',
  'application/pdf',
  'image/bmp',
  'image/jpeg',
  'image/png',
  'image/webp',
  'video/mp4',
  'video/mpeg',
  'video/quicktime',
  'video/avi',
  'video/x-flv',
  'video/mpg',
  'video/webm',
  'video/wmv',
  'video/3gpp',
]);

const MIMES_BY_ENDING: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
};

/** How files of these types begin, in base64. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['iVBORw', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi', 'application/pdf'],
];

/** The kind of media that a MIME type names. */
export function mediaOf(mime: string | undefined): MediaPart['media'] {
  const [kind] = (mime ?? '').split('/', 1);
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
}

function mimeOfUrl(url: string): string | undefined {
  const path = url.split(/[?#]/, 1)[0]!;
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(MIMES_BY_ENDING, ending) ? MIMES_BY_ENDING[ending] : undefined;
}

function mimeOf({ mime }: MediaPart, data: string, param: string): string {
  if (mime !== undefined) return mime;
  const found = BEGINNINGS.find(([beginning]) => data.startsWith(beginning));
  return found?.[1] ?? refuse('Gemini must be told the MIME type of inline data.', param);
}

function writeUrl(part: MediaPart, url: string): Fields {
  const inline = /^data:([^;,]*)((?:;[^;,]*)*),(.*)$/s.exec(url);
  if (!inline) return { fileData: { mimeType: part.mime ?? mimeOfUrl(url), fileUri: url } };
  const [, mime, parameters = '', data = ''] = inline;
  const encoded = parameters.endsWith(';base64') ? data : Buffer.from(decoded(data)).toString('base64');
  return { inlineData: { mimeType: part.mime ?? (mime || 'text/plain'), data: encoded } };
}

function decoded(data: string): string {
  try {
    return decodeURIComponent(data);
  } catch {
    return data;
  }
}

function withName(part: MediaPart, name: unknown): MediaPart {
  return typeof name === 'string' ? { ...part, name } : part;
}

/** Base64 of UTF-8 as its text; undefined where it is something else, or would not come back as it was. */
function plainText(data: string): MediaSource | undefined {
  const text = Buffer.from(data, 'base64').toString();
  return Buffer.from(text).toString('base64') === data ? { kind: 'text', text } : undefined;
}
