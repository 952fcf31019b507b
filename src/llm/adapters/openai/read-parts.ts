import type { Fields } from '../../conversation/dialect.js';
import {
  fieldsOf,
  isFields,
  listOf,
  optionalFields,
  optionalText,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import type { CacheMark, MediaPart, Part } from '../../conversation/parts.js';
import { audioMime, documentMime, locate, mediaOf } from '../../conversation/media-types.js';

/**
 * `content` of a message: a text, or a list of parts.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 * @throws KeywheelError bad_body
 */
export function readContent(content: unknown, param: string): readonly Part[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) malformed(`${param} must be a string or a list of parts.`, param);
  return listOf(content, param).flatMap((part, index) => readPart(part, `${param}.${index}`));
}

function readPart(value: unknown, param: string): readonly Part[] {
  // Some clients put bare texts into the list.
  if (typeof value === 'string') return [{ kind: 'text', text: value }];
  const part = fieldsOf(value, param);
  const type = textOf(part.type, `${param}.type`);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!reader) malformed(`${param}.type '${type}' is not known.`, `${param}.type`);
  const cache = readCacheMark(part, param);
  const read = reader(part, param);
  return cache ? read.map((one) => ({ ...one, cache })) : read;
}

type PartReader = (part: Fields, param: string) => readonly Part[];

const text: PartReader = (part, param) => [{ kind: 'text', text: textOf(part.text, `${param}.text`) }];

/** By the type of the part. The last four are other providers' additions to the protocol. */
const READERS: Readonly<Record<string, PartReader>> = {
  text,
  image_url: (part, param) => [readImage(part, param)],
  input_audio: (part, param) => [readAudio(part, param)],
  file: (part, param) => [readFile(part, param)],
  refusal: (part, param) => [{ kind: 'refusal', text: textOf(part.refusal, `${param}.refusal`) }],
  input_text: text,
  output_text: text,
  video_url: (part, param) => [{ ...readUrl(part.video_url, `${param}.video_url`), media: 'video' }],
  // Mistral: https://docs.mistral.ai/capabilities/reasoning/
  thinking: (part, param) => readThinking(part.thinking, `${param}.thinking`),
};

function readThinking(value: unknown, param: string): readonly Part[] {
  const parts = typeof value === 'string' ? value : readContent(value, param);
  const whole =
    typeof parts === 'string' ? parts : parts.map((one) => (one.kind === 'text' ? one.text : '')).join('');
  return [{ kind: 'thought', text: whole }];
}

function readImage({ image_url: value }: Fields, param: string): MediaPart {
  const image = readUrl(value, `${param}.image_url`);
  const detail = isFields(value) ? value.detail : undefined;
  return detail === 'auto' || detail === 'low' || detail === 'high' || detail === 'original'
    ? { ...image, media: 'image', detail }
    : { ...image, media: 'image' };
}

/** `{url}`, or the URL alone as some clients write it. */
function readUrl(value: unknown, param: string): MediaPart {
  const url = typeof value === 'string' ? value : textOf(fieldsOf(value, param).url, `${param}.url`);
  const located = locate(url) ?? malformed(`${param}.url is no proper data URL.`, `${param}.url`);
  return { kind: 'media', media: 'image', ...located };
}

function readAudio({ input_audio: value }: Fields, param: string): MediaPart {
  const audio = fieldsOf(value, `${param}.input_audio`);
  const data = textOf(audio.data, `${param}.input_audio.data`);
  const format = optionalText(audio.format, `${param}.input_audio.format`);
  const mime = format === undefined ? {} : { mime: audioMime(format) };
  // Alibaba's Qwen takes data URLs and URLs here: https://help.aliyun.com/en/model-studio/qwen-omni
  const located = /^(data:|https?:)/i.test(data) ? locate(data) : undefined;
  if (located) return { kind: 'media', media: 'audio', ...located, ...mime };
  return { kind: 'media', media: 'audio', ...mime, source: { kind: 'base64', data } };
}

function readFile({ file: value }: Fields, param: string): MediaPart {
  const file = fieldsOf(value, `${param}.file`);
  const name = optionalText(file.filename, `${param}.file.filename`);
  const named = name === undefined ? {} : { name };
  const id = optionalText(file.file_id, `${param}.file.file_id`);
  if (id !== undefined) {
    return { kind: 'media', media: 'document', ...named, source: { kind: 'file', origin: 'chat', id } };
  }
  const at = `${param}.file.file_data`;
  const data = optionalText(file.file_data ?? file.file_url, at);
  if (data === undefined) malformed(`${param}.file has neither file_id nor file_data.`, `${param}.file`);
  // OpenRouter takes URLs here: https://openrouter.ai/docs/features/multimodal/pdfs
  const located = /^(data:|https?:)/i.test(data)
    ? (locate(data) ?? malformed(`${at} is no proper data URL.`, at))
    : { source: { kind: 'base64' as const, data } };
  const inside = located.source.kind === 'base64' ? located.source.data : '';
  const mime = 'mime' in located && located.mime !== undefined ? located.mime : documentMime(name, inside);
  return {
    kind: 'media',
    media: mediaOf(mime),
    ...(mime !== undefined && { mime }),
    ...named,
    source: located.source,
  };
}

const BREAKPOINT_TTL: ReadonlyMap<unknown, number> = new Map(
  Object.entries<number>({ '30m': 1800, '12h': 43_200 }),
);
const CONTROL_TTL: ReadonlyMap<unknown, number> = new Map(Object.entries<number>({ '5m': 300, '1h': 3600 }));

/**
 * OpenAI's `prompt_cache_breakpoint`, or Anthropic's `cache_control`, which OpenRouter and others take over.
 * https://openrouter.ai/docs/features/prompt-caching
 */
export function readCacheMark(fields: Fields, param: string): CacheMark | undefined {
  const mark = optionalFields(fields.prompt_cache_breakpoint, `${param}.prompt_cache_breakpoint`);
  const control = optionalFields(fields.cache_control, `${param}.cache_control`);
  const either = mark ?? control;
  if (!either) return undefined;
  const ttl = (mark ? BREAKPOINT_TTL : CONTROL_TTL).get(either.ttl);
  return ttl === undefined ? {} : { ttl };
}
