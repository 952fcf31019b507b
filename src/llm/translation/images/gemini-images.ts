import { CODECS } from '../../adapters/codecs.js';
import type { Fields } from '../../conversation/dialect.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import { blocked } from '../whole/json-call.js';
import { withheldBecause } from '../whole/withheld.js';
import type { FormFile } from '../read-form.js';
import type { ImageRequest } from './image-request.js';
import type { MadeImage, MadeImages } from './made-images.js';
import { GEMINI_RATIOS, shapeOf } from './shapes.js';

/** Models that make pictures of more than one size: Gemini 3's. */
const SIZED = /gemini-(?:[3-9]|\d\d)/;
const SIZES = ['1K', '2K', '4K'];

/** Pictures as part of an answer. https://ai.google.dev/gemini-api/docs/image-generation @throws KeywheelError untranslatable */
export function writeGeminiImages(request: ImageRequest, model: string, notes: Notes): Fields {
  const { prompt, images, count, size, format, others } = request;
  if (count > 1) refuse('This model makes one image in one call: ask again for more.', 'n');
  for (const field of others) notes.dropped(field);
  if (format !== undefined && format !== 'png') notes.dropped('output_format');
  const shape = size && shapeOf(size, GEMINI_RATIOS, SIZED.test(model) ? SIZES : [], notes);
  const imageConfig = shape && {
    aspectRatio: shape.aspectRatio,
    ...(shape.imageSize !== undefined && { imageSize: shape.imageSize }),
  };
  return {
    contents: [{ role: 'user', parts: [...images.map(partOf), { text: prompt }] }],
    generationConfig: { responseModalities: ['TEXT', 'IMAGE'], ...(imageConfig && { imageConfig }) },
  };
}

function partOf({ name, mime, bytes }: FormFile): Fields {
  return { inlineData: { mimeType: imageType(name, mime, bytes), data: bytes.toString('base64') } };
}

/** By the first bytes, where the client does not say. */
function imageType(name: string, mime: string, bytes: Buffer): string {
  if (mime.startsWith('image/')) return mime;
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('\x89PNG')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  return refuse(`${name} is no picture that is known here: send PNG, JPEG or WebP.`, 'image');
}

/** @throws KeywheelError content_blocked where the model made none; Error where the answer is none */
export function readGeminiImages(body: Fields): MadeImages {
  const reply = CODECS.gemini.readReply(body);
  const images = reply.candidates.flatMap(({ parts }) =>
    parts.flatMap((part): MadeImage[] =>
      part.kind === 'media' && part.media === 'image' && part.source.kind === 'base64'
        ? [{ data: part.source.data, mime: part.mime ?? 'image/png' }]
        : [],
    ),
  );
  if (images.length === 0) blocked(`The model made no image: ${withheldBecause(reply)}`);
  return { images, usage: reply.usage };
}
