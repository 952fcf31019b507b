import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { CallPart, MediaPart, Part } from '../../conversation/parts.js';
import { carriedSignature } from './carried-signature.js';
import { mediaOf, writeMedia } from './media.js';
import { callArguments } from './write-parts.js';

/** A part of an answer for a client; undefined where Gemini has no word for it. */
export function writeAnswerPart(part: Part): Fields | undefined {
  const data = writeData(part);
  if (!data) return undefined;
  const redacted = part.kind === 'thought' && part.redacted === true;
  const thoughtSignature = carriedSignature(part.signature, redacted);
  return {
    ...data,
    ...part.extras?.gemini,
    ...(thoughtSignature !== undefined && { thoughtSignature }),
  };
}

function writeData(part: Part): Fields | undefined {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { text: part.text };
    case 'thought':
      return { text: part.text, thought: true };
    case 'call':
      return { functionCall: writeCall(part) };
    case 'media':
      return writeAnswerMedia(part);
    case 'native':
      return part.origin === 'gemini' && isFields(part.value) ? part.value : undefined;
    case 'result':
      return undefined;
  }
}

/** Arguments that are no JSON object cannot be said; the finish tells of them, see `isMalformed`. */
function writeCall({ id, name, arguments: text, freeform }: CallPart): Fields {
  return { id, name, args: freeform ? { input: text } : (callArguments(text) ?? {}) };
}

export function isMalformed(part: Part): boolean {
  return part.kind === 'call' && !part.freeform && callArguments(part.arguments) === undefined;
}

/** A media type must be told: where nobody knows it, the most common one of its kind. */
function writeAnswerMedia(part: MediaPart): Fields | undefined {
  if (part.source.kind === 'file' && part.source.origin !== 'gemini') return undefined;
  const mime = part.mime ?? MIMES[part.media];
  const written = writeMedia(mediaOf(mime) === part.media ? { ...part, mime } : part);
  return part.transcript === undefined
    ? written
    : { ...written, audioTranscription: { text: part.transcript } };
}

const MIMES: Readonly<Record<MediaPart['media'], string>> = {
  image: 'image/png',
  audio: 'audio/wav',
  video: 'video/mp4',
  document: 'application/pdf',
};
