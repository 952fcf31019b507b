import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import { malformed, refuse } from '../../conversation/notes.js';
import type { CallPart, MediaPart, Part, ThoughtPart } from '../../conversation/parts.js';
import { parsePrecise } from '../../conversation/precise-json.js';
import { signatureFor } from '../../conversation/signatures.js';
import { writeMedia } from './media.js';

/** What one model and API can be told. */
export interface PartContext {
  /** Calls and results carry ids. */
  readonly ids: boolean;
  /** Files of the Files API can be read. */
  readonly files: boolean;
  /** How closely to look can be said of each image. */
  readonly resolutions: boolean;
  dropped(field: string): void;
}

/**
 * A part of a request; undefined where nothing of it can or need be told. Results are written by `results.ts`.
 * @throws KeywheelError untranslatable
 */
export function writePart(part: Part, context: PartContext): Fields | undefined {
  if (part.cache) context.dropped('cache_control');
  const signature = signatureFor(part.signature, 'gemini');
  const data = writeData(part, context, signature);
  if (!data) return undefined;
  return {
    ...data,
    ...part.extras?.gemini,
    ...(signature !== undefined && { thoughtSignature: signature }),
  };
}

function writeData(part: Part, context: PartContext, signature: string | undefined): Fields | undefined {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      // Empty texts are refused, unless they carry a signature.
      return part.text === '' && signature === undefined ? undefined : { text: part.text };
    case 'thought':
      return writeThought(part, signature);
    case 'media':
      return writePartMedia(part, context);
    case 'call':
      return writeCall(part, context.ids);
    case 'native':
      return part.origin === 'gemini' && isFields(part.value) ? part.value : undefined;
    case 'result':
      return refuse('A result must stand in a message of its own.', 'contents');
  }
}

/** https://ai.google.dev/gemini-api/docs/media-resolution */
const RESOLUTIONS: Readonly<Record<string, string>> = {
  low: 'MEDIA_RESOLUTION_LOW',
  high: 'MEDIA_RESOLUTION_HIGH',
  original: 'MEDIA_RESOLUTION_ULTRA_HIGH',
};

function writePartMedia(part: MediaPart, context: PartContext): Fields {
  if (part.source.kind === 'file' && !context.files) {
    refuse('Vertex AI cannot read the files of the Gemini API: send the content.', 'contents');
  }
  const level = part.detail && RESOLUTIONS[part.detail];
  if (level === undefined) return writeMedia(part);
  if (context.resolutions) return { ...writeMedia(part), mediaResolution: { level } };
  context.dropped('detail');
  return writeMedia(part);
}

/** What another provider's model thought stays with that provider. */
function writeThought(part: ThoughtPart, signature: string | undefined): Fields | undefined {
  if (part.redacted || (part.signature && signature === undefined)) return undefined;
  return part.text === '' && signature === undefined ? undefined : { text: part.text, thought: true };
}

function writeCall(part: CallPart, ids: boolean): Fields {
  return { functionCall: { ...(ids && { id: part.id }), name: part.name, args: argsOf(part) } };
}

/** @throws KeywheelError bad_body where the arguments are no JSON object */
function argsOf({ name, arguments: text, freeform }: CallPart): Fields {
  if (freeform) return { input: text };
  const args = callArguments(text);
  return args ?? malformed(`The arguments of the call to ${name} must be a JSON object.`, 'arguments');
}

/** Arguments as the object that Gemini has in their place; undefined where they are none. */
export function callArguments(text: string): Fields | undefined {
  if (text.trim() === '') return {};
  try {
    const parsed = parsePrecise(text);
    return isFields(parsed) && !('rawJSON' in parsed && Object.isFrozen(parsed)) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
