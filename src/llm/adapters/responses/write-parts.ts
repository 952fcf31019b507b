import type { Fields } from '../../conversation/dialect.js';
import { refuse } from '../../conversation/notes.js';
import type { CacheMark, MediaPart, Part } from '../../conversation/parts.js';

/** What decides how parts are written. */
export interface PartRules {
  /** Whether the model knows `prompt_cache_breakpoint`. */
  readonly marks: boolean;
}

/** What a user says, or what came of a call. @throws KeywheelError untranslatable */
export function writeContent(parts: readonly Part[], rules: PartRules, param: string): readonly Fields[] {
  return parts.flatMap((part) => {
    if (part.kind === 'text' || part.kind === 'refusal') {
      return [{ type: 'input_text', text: part.text, ...writeMark(part.cache, rules) }];
    }
    return part.kind === 'media' ? [writeMedia(part, rules, param)] : [];
  });
}

/** https://platform.openai.com/docs/api-reference/responses/create#responses-create-input */
export function writeMedia(part: MediaPart, rules: PartRules, param: string): Fields {
  const mark = writeMark(part.cache, rules);
  const { source, media } = part;
  if (source.kind === 'text') return { type: 'input_text', text: source.text, ...mark };
  if (media === 'audio' || media === 'video') refuse(`The upstream's Responses take no ${media}.`, param);
  if (source.kind === 'file') {
    if (source.origin !== 'chat' && source.origin !== 'responses') {
      refuse(`The file '${source.id}' lies at another provider than the upstream.`, param);
    }
    const shown =
      media === 'image' ? { type: 'input_image', detail: part.detail ?? 'auto' } : { type: 'input_file' };
    return { ...shown, file_id: source.id, ...mark };
  }
  return { ...(media === 'image' ? writeImage(part, source) : writeDocument(part, source)), ...mark };
}

function writeImage({ mime = 'image/png', detail = 'auto' }: MediaPart, source: Direct): Fields {
  return { type: 'input_image', detail, image_url: urlOf(source, mime) };
}

/** A document that is plain text is said as text. */
function writeDocument({ mime = 'application/pdf', name }: MediaPart, source: Direct): Fields {
  if (source.kind === 'url') return { type: 'input_file', file_url: source.url };
  if (mime.startsWith('text/')) {
    return { type: 'input_text', text: Buffer.from(source.data, 'base64').toString('utf8') };
  }
  const filename = name ?? (mime === 'application/pdf' ? 'document.pdf' : 'document.bin');
  return { type: 'input_file', filename, file_data: urlOf(source, mime) };
}

type Direct = Extract<MediaPart['source'], { readonly kind: 'base64' | 'url' }>;

function urlOf(source: Direct, mime: string): string {
  return source.kind === 'url' ? source.url : `data:${mime};base64,${source.data}`;
}

const HALF_AN_HOUR = 1800;

/** OpenAI knows two spans: half an hour if none is named, and half a day for whatever is to last longer. */
export function writeMark(cache: CacheMark | undefined, { marks }: PartRules): Fields {
  if (!cache || !marks) return {};
  return {
    prompt_cache_breakpoint: { mode: 'explicit', ...((cache.ttl ?? 0) > HALF_AN_HOUR && { ttl: '12h' }) },
  };
}
