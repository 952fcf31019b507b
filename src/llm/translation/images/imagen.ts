import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import { blocked } from '../whole/json-call.js';
import type { ImageRequest } from './image-request.js';
import type { MadeImages } from './made-images.js';
import { IMAGEN_RATIOS, shapeOf } from './shapes.js';

const MOST = 4;

/** Models that make pictures by `:predict`; all others that do answer with them. */
export function isImagen(model: string): boolean {
  return /^(?:models\/)?imagen-/.test(model);
}

/** https://ai.google.dev/api/models#method:-models.predict and …/gemini-api/docs/imagen @throws KeywheelError untranslatable */
export function writeImagen(request: ImageRequest, model: string, notes: Notes): Fields {
  const { prompt, images, count, size, format, others } = request;
  if (images.length > 0) {
    refuse('Imagen makes new images only: ask a model such as gemini-2.5-flash-image to edit.', 'model');
  }
  if (count > MOST) refuse(`Imagen makes at most ${MOST} images in one call.`, 'n');
  for (const field of others) notes.dropped(field);
  // Its fast models make one size only.
  const steps = /fast|imagen-3/.test(model) ? [] : ['1K', '2K'];
  const shape = size && shapeOf(size, IMAGEN_RATIOS, steps, notes);
  if (format === 'webp') notes.dropped('output_format');
  return {
    instances: [{ prompt }],
    parameters: {
      sampleCount: count,
      ...(shape && { aspectRatio: shape.aspectRatio }),
      ...(shape?.imageSize !== undefined && { sampleImageSize: shape.imageSize }),
      ...(format !== undefined && format !== 'webp' && { outputOptions: { mimeType: `image/${format}` } }),
    },
  };
}

/** @throws KeywheelError content_blocked where it made none */
export function readImagen({ predictions }: Fields): MadeImages {
  const made = Array.isArray(predictions) ? predictions.filter(isFields) : [];
  const images = made.flatMap(({ bytesBase64Encoded: data, mimeType }) =>
    typeof data === 'string' ? [{ data, mime: typeof mimeType === 'string' ? mimeType : 'image/png' }] : [],
  );
  if (images.length > 0) return { images, usage: undefined };
  const reason = made
    .map(({ raiFilteredReason }) => raiFilteredReason)
    .find((one) => typeof one === 'string');
  return blocked(`Imagen made no image: ${reason ?? 'the prompt or all images were withheld.'}`);
}
