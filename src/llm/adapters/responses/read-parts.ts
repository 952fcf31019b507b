import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  listOf,
  optionalFields,
  optionalList,
  optionalText,
  textOf,
} from '../../conversation/fields.js';
import { audioMime, documentMime, locate, mediaOf } from '../../conversation/media-types.js';
import { malformed } from '../../conversation/notes.js';
import type { CacheMark, MediaPart, Part } from '../../conversation/parts.js';
import { readCitations } from './citations.js';

/**
 * `content` of a message, or `output` of a call: a text, or a list of parts.
 * https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 * @throws KeywheelError bad_body
 */
export function readContent(content: unknown, param: string): readonly Part[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) malformed(`${param} must be a string or a list of parts.`, param);
  return listOf(content, param).map((part, index) =>
    readPart(fieldsOf(part, `${param}.${index}`), `${param}.${index}`),
  );
}

function readPart(part: Fields, param: string): Part {
  const type = textOf(part.type, `${param}.type`);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!reader) malformed(`${param}.type '${type}' is not known.`, `${param}.type`);
  const mark = optionalFields(part.prompt_cache_breakpoint, `${param}.prompt_cache_breakpoint`);
  const read = reader(part, param);
  return mark ? { ...read, cache: readMark(mark) } : read;
}

const TTL: Readonly<Record<string, number>> = { '30m': 1800, '12h': 43_200 };

function readMark({ ttl }: Fields): CacheMark {
  const seconds = typeof ttl === 'string' ? TTL[ttl] : undefined;
  return seconds === undefined ? {} : { ttl: seconds };
}

type PartReader = (part: Fields, param: string) => Part;

const text: PartReader = (part, param) => ({ kind: 'text', text: textOf(part.text, `${param}.text`) });

const READERS: Readonly<Record<string, PartReader>> = {
  input_text: text,
  text,
  summary_text: text,
  output_text: (part, param) => {
    const citations = readCitations(optionalList(part.annotations, `${param}.annotations`));
    return {
      kind: 'text',
      text: textOf(part.text, `${param}.text`),
      ...(citations.length > 0 && { citations }),
    };
  },
  refusal: (part, param) => ({ kind: 'refusal', text: textOf(part.refusal, `${param}.refusal`) }),
  input_image: readImage,
  input_file: readFile,
  input_audio: readAudio,
};

function readImage(part: Fields, param: string): MediaPart {
  const close = readDetail(part.detail);
  const id = optionalText(part.file_id, `${param}.file_id`);
  if (id !== undefined) {
    return { kind: 'media', media: 'image', source: { kind: 'file', origin: 'responses', id }, ...close };
  }
  const at = `${param}.image_url`;
  // Some clients write it as Chat Completions does.
  const url = textOf(isFields(part.image_url) ? part.image_url.url : part.image_url, at);
  return {
    kind: 'media',
    media: 'image',
    ...(locate(url) ?? malformed(`${at} is no proper data URL.`, at)),
    ...close,
  };
}

function readDetail(detail: unknown): Pick<MediaPart, 'detail'> {
  return detail === 'auto' || detail === 'low' || detail === 'high' || detail === 'original'
    ? { detail }
    : {};
}

function readAudio({ input_audio: value }: Fields, param: string): MediaPart {
  const audio = fieldsOf(value, `${param}.input_audio`);
  const data = textOf(audio.data, `${param}.input_audio.data`);
  const format = optionalText(audio.format, `${param}.input_audio.format`);
  return {
    kind: 'media',
    media: 'audio',
    ...(format !== undefined && { mime: audioMime(format) }),
    source: { kind: 'base64', data },
  };
}

function readFile(file: Fields, param: string): MediaPart {
  const name = optionalText(file.filename, `${param}.filename`);
  const named = name === undefined ? {} : { name };
  const id = optionalText(file.file_id, `${param}.file_id`);
  if (id !== undefined) {
    return { kind: 'media', media: 'document', ...named, source: { kind: 'file', origin: 'responses', id } };
  }
  const url = optionalText(file.file_url, `${param}.file_url`);
  const data = url ?? optionalText(file.file_data, `${param}.file_data`);
  if (data === undefined) malformed(`${param} has none of file_id, file_url and file_data.`, param);
  const at = url === undefined ? `${param}.file_data` : `${param}.file_url`;
  const located =
    url !== undefined || /^data:/i.test(data)
      ? (locate(data) ?? malformed(`${at} is no proper data URL.`, at))
      : { source: { kind: 'base64' as const, data } };
  const inside = located.source.kind === 'base64' ? located.source.data : '';
  const mime = ('mime' in located ? located.mime : undefined) ?? documentMime(name, inside);
  const known = mime === undefined ? {} : { mime };
  return { kind: 'media', media: mediaOf(mime), ...known, ...named, source: located.source };
}
