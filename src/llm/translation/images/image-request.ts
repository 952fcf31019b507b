import { KeywheelError } from '../../../kernel/errors.js';
import type { Fields } from '../../conversation/dialect.js';
import {
  optionalFlag,
  optionalNumber,
  optionalText,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed, refuse } from '../../conversation/notes.js';
import type { Form, FormFile } from '../read-form.js';

/** A picture to be made, or to be made of others. */
export interface ImageRequest {
  readonly prompt: string;
  /** Pictures to work on; empty where a new one is to be made. */
  readonly images: readonly FormFile[];
  readonly count: number;
  /** In pixels; undefined: as the model sees fit. */
  readonly size: Size | undefined;
  /** `png`, `jpeg`, `webp`. */
  readonly format: string | undefined;
  /** How the caller wants to get them. */
  readonly as: 'b64_json' | 'url';
  /** Fields without a counterpart. */
  readonly others: readonly string[];
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const KNOWN = new Set([
  ...['model', 'prompt', 'n', 'size', 'output_format', 'response_format', 'stream', 'user'],
]);
const FORMATS = new Set(['png', 'jpeg', 'webp']);
const MOST = 10;

/** https://platform.openai.com/docs/api-reference/images/create @throws KeywheelError bad_body, untranslatable */
export function readGeneration(body: Fields): ImageRequest {
  if (optionalFlag(body.stream, 'stream')) {
    refuse('This upstream does not stream images: leave stream out.', 'stream');
  }
  const user = optionalText(body.user, 'user');
  return {
    prompt: promptOf(body.prompt),
    images: [],
    count: countOf(optionalNumber(body.n, 'n')),
    size: sizeOf(optionalText(body.size, 'size')),
    format: formatOf(optionalText(body.output_format, 'output_format')),
    as: wayOf(optionalText(body.response_format, 'response_format')),
    others: [...Object.keys(otherFields(body, KNOWN) ?? {}), ...(user === undefined ? [] : ['user'])],
  };
}

/** https://platform.openai.com/docs/api-reference/images/createEdit @throws KeywheelError bad_body, untranslatable */
export function readEdit({ texts, files }: Form): ImageRequest {
  if (files.has('mask')) {
    refuse('This upstream has no masks: say in the prompt what is to change.', 'mask');
  }
  const images = (files.get('image') ?? []).filter(({ bytes }) => bytes.length > 0);
  if (images.length === 0) malformed('image must be a picture.', 'image');
  const fields: Record<string, unknown> = Object.fromEntries(texts);
  const { n, stream } = fields;
  if (typeof n === 'string') fields.n = n.trim() === '' ? undefined : Number(n);
  fields.stream = stream === 'true';
  const { others, ...request } = readGeneration(fields);
  return { ...request, images, others: others.filter((field) => field !== 'stream') };
}

function promptOf(value: unknown): string {
  const prompt = textOf(value, 'prompt');
  return prompt.trim() === '' ? malformed('prompt must not be empty.', 'prompt') : prompt;
}

function countOf(n = 1): number {
  if (Number.isInteger(n) && n >= 1 && n <= MOST) return n;
  return malformed(`n must be a whole number between 1 and ${MOST}.`, 'n');
}

function sizeOf(text: string | undefined): Size | undefined {
  if (text === undefined || text === 'auto') return undefined;
  const [, width, height] = /^(\d{2,5})x(\d{2,5})$/.exec(text) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (size.width > 0 && size.height > 0) return size;
  throw new KeywheelError('bad_body', 'size must be auto, or like 1024x1024.', { param: 'size' });
}

function formatOf(format: string | undefined): string | undefined {
  if (format === undefined || FORMATS.has(format)) return format;
  return malformed('output_format must be png, jpeg or webp.', 'output_format');
}

/** Nothing said means what OpenAI's present models do. */
function wayOf(way = 'b64_json'): 'b64_json' | 'url' {
  if (way === 'b64_json' || way === 'url') return way;
  return malformed('response_format must be b64_json or url.', 'response_format');
}
