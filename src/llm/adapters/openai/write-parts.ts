import type { Fields } from '../../conversation/dialect.js';
import { refuse } from '../../conversation/notes.js';
import type { CacheMark, MediaPart, Part, TextPart } from '../../conversation/parts.js';
import { audioFormat } from '../../conversation/media-types.js';
import type { Quirks } from './quirks.js';

export type Content = string | readonly Fields[];

/**
 * Texts as a message's content: one text where that says all, else a list of parts, or one text of all of them for
 * upstreams that know no lists.
 */
export function writeTexts(parts: readonly TextPart[], quirks: Quirks, glue: string): Content {
  const marked = quirks.cache !== 'none' && parts.some(({ cache }) => cache);
  if (parts.length === 1 && !marked) return parts[0]!.text;
  if (!quirks.textLists) return parts.map(({ text }) => text).join(glue);
  return parts.map((part) => writeText(part, quirks));
}

function writeText({ text, cache }: TextPart, quirks: Quirks): Fields {
  return { type: 'text', text, ...writeCacheMark(cache, quirks) };
}

/** What a user says. @throws KeywheelError untranslatable */
export function writeUserContent(parts: readonly Part[], quirks: Quirks, param: string): Content {
  const texts = parts.filter((part) => part.kind === 'text');
  if (texts.length === parts.length) return writeTexts(texts, quirks, '\n\n');
  return parts.flatMap((part) => {
    if (part.kind === 'text') return [writeText(part, quirks)];
    if (part.kind === 'refusal') return [{ type: 'text', text: part.text }];
    return part.kind === 'media' ? [writeMedia(part, quirks, param)] : [];
  });
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages */
export function writeMedia(part: MediaPart, quirks: Quirks, param: string): Fields {
  const mark = writeCacheMark(part.cache, quirks);
  const { source } = part;
  if (source.kind === 'file') return { ...writeFileId(part, source, param), ...mark };
  if (source.kind === 'text') return { type: 'text', text: source.text, ...mark };
  switch (part.media) {
    case 'image': {
      const { detail } = part;
      const url = urlOf(source, part.mime ?? 'image/png');
      return { type: 'image_url', image_url: { url, ...(detail !== undefined && { detail }) }, ...mark };
    }
    case 'audio':
      if (source.kind === 'url') refuse('The upstream takes no URLs of audio, only its data.', param);
      return {
        type: 'input_audio',
        input_audio: { data: source.data, format: audioFormat(part.mime) },
        ...mark,
      };
    case 'video':
      if (!quirks.video) refuse('The upstream takes no video.', param);
      return { type: 'video_url', video_url: { url: urlOf(source, part.mime ?? 'video/mp4') }, ...mark };
    case 'document':
      return { ...writeDocument(part, source, quirks, param), ...mark };
  }
}

type Direct = Extract<MediaPart['source'], { readonly kind: 'base64' | 'url' }>;

function urlOf(source: Direct, mime: string): string {
  return source.kind === 'url' ? source.url : `data:${mime};base64,${source.data}`;
}

function writeFileId(
  { name }: MediaPart,
  { origin, id }: Extract<MediaPart['source'], { readonly kind: 'file' }>,
  param: string,
): Fields {
  // Both of OpenAI's dialects see the same files.
  if (origin !== 'chat' && origin !== 'responses') {
    refuse(`The file '${id}' lies at another provider than the upstream.`, param);
  }
  return { type: 'file', file: { file_id: id, ...(name !== undefined && { filename: name }) } };
}

const EXTENSIONS: ReadonlyMap<unknown, string> = new Map(
  Object.entries<string>({ 'application/pdf': 'pdf', 'text/plain': 'txt' }),
);

/** A document that is plain text is said as text; of URLs only OpenRouter takes any. */
function writeDocument({ name, mime }: MediaPart, source: Direct, quirks: Quirks, param: string): Fields {
  if (source.kind === 'base64' && mime?.startsWith('text/')) {
    return { type: 'text', text: Buffer.from(source.data, 'base64').toString('utf8') };
  }
  if (source.kind === 'url' && quirks.webSearch !== 'plugins') {
    refuse('The upstream takes no URLs of documents, only their data.', param);
  }
  const type = mime ?? 'application/pdf';
  const filename = name ?? `document.${EXTENSIONS.get(type) ?? 'bin'}`;
  return { type: 'file', file: { filename, file_data: urlOf(source, type) } };
}

const HALF_AN_HOUR = 1800;

/**
 * OpenAI knows two spans, half an hour if none is named and half a day; Anthropic's form two others. None is shorter
 * than what was asked for, where there is one that is not.
 */
export function writeCacheMark(cache: CacheMark | undefined, { cache: form }: Quirks): Fields {
  if (!cache || form === 'none') return {};
  const { ttl = 0 } = cache;
  if (form === 'cache_control') {
    return { cache_control: { type: 'ephemeral', ...(ttl >= 3600 && { ttl: '1h' }) } };
  }
  return { prompt_cache_breakpoint: { mode: 'explicit', ...(ttl > HALF_AN_HOUR && { ttl: '12h' }) } };
}
