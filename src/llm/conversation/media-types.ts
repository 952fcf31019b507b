import type { MediaPart, MediaSource } from './parts.js';

const AUDIO_BY_FORMAT: ReadonlyMap<unknown, string> = new Map(
  Object.entries<string>({
    mp3: 'audio/mpeg',
    wav: 'audio/wav',
    pcm16: 'audio/pcm',
  }),
);
const FORMATS_BY_AUDIO: ReadonlyMap<unknown, string> = new Map(
  Object.entries<string>({
    'audio/mpeg': 'mp3',
    'audio/mp3': 'mp3',
    'audio/wav': 'wav',
    'audio/x-wav': 'wav',
    'audio/wave': 'wav',
    'audio/vnd.wave': 'wav',
  }),
);

/** `wav`, `mp3` … as a media type. */
export function audioMime(format: string): string {
  return AUDIO_BY_FORMAT.get(format) ?? `audio/${format}`;
}

/** `audio/mpeg` as the dialect's word for it; of other types, what stands behind `audio/`. */
export function audioFormat(mime: string | undefined): string {
  if (mime === undefined) return 'wav';
  return FORMATS_BY_AUDIO.get(mime) ?? mime.replace(/^audio\//, '').replace(/;.*$/, '');
}

const BY_EXTENSION: ReadonlyMap<unknown, string> = new Map(
  Object.entries<string>({
    pdf: 'application/pdf',
    txt: 'text/plain',
    md: 'text/markdown',
    csv: 'text/csv',
    html: 'text/html',
    json: 'application/json',
    xml: 'application/xml',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  }),
);

/** A document's type by its name, else by how base64 of a PDF begins. */
export function documentMime(name: string | undefined, data: string): string | undefined {
  const extension = name === undefined ? undefined : /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase();
  const known = extension === undefined ? undefined : BY_EXTENSION.get(extension);
  return known ?? (data.startsWith('JVBER') ? 'application/pdf' : undefined);
}

/** What a media type is about: a picture, a sound, a film or, for all else, a document. */
export function mediaOf(mime: string | undefined): MediaPart['media'] {
  const kind = mime?.slice(0, mime.indexOf('/'));
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
}

export interface Located {
  readonly mime?: string;
  readonly source: MediaSource;
}

/**
 * A URL of a client: a `data:` URL (https://www.rfc-editor.org/rfc/rfc2397) is taken apart, any other one stays.
 * Undefined where a `data:` URL is broken.
 */
export function locate(url: string): Located | undefined {
  if (!/^data:/i.test(url)) return { source: { kind: 'url', url } };
  const comma = url.indexOf(',');
  if (comma === -1) return undefined;
  const head = url.slice(5, comma);
  const mime = head.split(';', 1)[0]!.trim().toLowerCase();
  const data = /;\s*base64\s*$/i.test(head) ? url.slice(comma + 1) : toBase64(url.slice(comma + 1));
  if (data === undefined) return undefined;
  return { ...(mime !== '' && { mime }), source: { kind: 'base64', data } };
}

function toBase64(escaped: string): string | undefined {
  try {
    return Buffer.from(decodeURIComponent(escaped)).toString('base64');
  } catch {
    return undefined;
  }
}
