import type { Fields } from '../../conversation/dialect.js';
import { refuse } from '../../conversation/notes.js';
import type { MediaPart } from '../../conversation/parts.js';

const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const PDF = 'application/pdf';

/** Anthropic fetches images and PDFs itself, by https only. */
export function mustFetch({ source, media, mime }: MediaPart): boolean {
  if (source.kind !== 'url') return false;
  const isText = media === 'document' && mime !== undefined && mime !== PDF;
  return isText || !/^https:/i.test(source.url);
}

/**
 * Images and documents. https://platform.claude.com/docs/en/build-with-claude/vision and …/pdf-support
 * @throws KeywheelError untranslatable for sound, film, and files that lie at another provider
 */
export function writeMedia(part: MediaPart): Fields {
  switch (part.media) {
    case 'image':
      return { type: 'image', source: imageSource(part) };
    case 'document':
      return {
        type: 'document',
        source: documentSource(part),
        ...(part.name !== undefined && { title: part.name }),
      };
    default:
      return refuse(`Anthropic’s models do not take ${part.media} as input.`, 'messages');
  }
}

function imageSource({ source, mime }: MediaPart): Fields {
  if (source.kind === 'base64') {
    const type = imageType(source.data) ?? mime ?? 'image/png';
    if (!IMAGES.has(type)) refuse(`Anthropic does not take images of the type ${type}.`, 'messages');
    return { type: 'base64', media_type: type, data: source.data };
  }
  if (source.kind === 'text') return refuse('An image cannot be given as text.', 'messages');
  return elsewhere(source);
}

/** How the types of images begin in base64. Anthropic refuses an image that is of another type than it is said to be. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['/9j/', 'image/jpeg'],
  ['iVBORw0KGgo', 'image/png'],
  ['R0lGOD', 'image/gif'],
];

function isWebp(base64: string): boolean {
  return Buffer.from(base64.slice(0, 16), 'base64').toString('latin1', 8) === 'WEBP';
}

function imageType(base64: string): string | undefined {
  // WebP: "RIFF", a length, "WEBP".
  if (base64.startsWith('UklGR')) return isWebp(base64) ? 'image/webp' : undefined;
  return BEGINNINGS.find(([beginning]) => base64.startsWith(beginning))?.[1];
}

/** PDFs, and texts of any kind as plain text. */
function documentSource({ source, mime = PDF }: MediaPart): Fields {
  const isText = mime.startsWith('text/') || mime === 'application/json' || mime === 'application/xml';
  switch (source.kind) {
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text };
    case 'base64':
      if (isText) {
        return {
          type: 'text',
          media_type: 'text/plain',
          data: Buffer.from(source.data, 'base64').toString(),
        };
      }
      if (mime !== PDF) refuse(`Anthropic does not take documents of the type ${mime}.`, 'messages');
      return { type: 'base64', media_type: PDF, data: source.data };
    case 'url':
      if (mime !== PDF) refuse(`Anthropic fetches PDFs by URL, not ${mime}.`, 'messages');
      return elsewhere(source);
    case 'file':
      return elsewhere(source);
  }
}

function elsewhere(source: Extract<MediaPart['source'], { readonly kind: 'url' | 'file' }>): Fields {
  if (source.kind === 'url') return { type: 'url', url: source.url };
  if (source.origin === 'anthropic') return { type: 'file', file_id: source.id };
  return refuse(`The file ${source.id} lies at another provider.`, 'messages');
}
