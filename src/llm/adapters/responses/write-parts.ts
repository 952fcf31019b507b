import type { Fields } from '../../conversation/conversation.js';
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
  const { source, media, mime, name, detail } = part;
  if (source.kind === 'text') return { type: 'input_text', text: source.text, ...mark };
  if (source.kind === 'file' && source.origin !== 'chat' && source.origin !== 'responses') {
    refuse(`The file '${source.id}' lies at another provider than the upstream.`, param);
  }
  if (media === 'audio' || media === 'video') refuse(`The upstream's Responses take no ${media}.`, param);
  if (media === 'image') {
    const where =
      source.kind === 'file' ? { file_id: source.id } : { image_url: urlOf(source, mime ?? 'image/png') };
    return { type: 'input_image', detail: detail ?? 'auto', ...where, ...mark };
  }
  if (source.kind === 'file') return { type: 'input_file', file_id: source.id, ...mark };
  if (source.kind === 'url') return { type: 'input_file', file_url: source.url, ...mark };
  if (mime?.startsWith('text/')) {
    return { type: 'input_text', text: Buffer.from(source.data, 'base64').toString('utf8'), ...mark };
  }
  const type = mime ?? 'application/pdf';
  const filename = name ?? (type === 'application/pdf' ? 'document.pdf' : 'document.bin');
  return { type: 'input_file', filename, file_data: urlOf(source, type), ...mark };
}

type Direct = Extract<MediaPart['source'], { readonly kind: 'base64' | 'url' }>;

function urlOf(source: Direct, mime: string): string {
  return source.kind === 'url' ? source.url : `data:${mime};base64,${source.data}`;
}

/** OpenAI knows two spans; without one its own counts. */
export function writeMark(cache: CacheMark | undefined, { marks }: PartRules): Fields {
  if (!cache || !marks) return {};
  return { prompt_cache_breakpoint: { mode: 'explicit', ...((cache.ttl ?? 0) > 3600 && { ttl: '12h' }) } };
}
