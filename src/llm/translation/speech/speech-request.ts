import type { Fields } from '../../conversation/dialect.js';
import { isFields, optionalNumber, optionalText, otherFields, textOf } from '../../conversation/fields.js';
import { malformed, refuse } from '../../conversation/notes.js';
import { FORMATS, type SoundFormat } from './sound.js';

/** A text to be spoken. */
export interface SpeechRequest {
  readonly text: string;
  readonly voice: string;
  /** How to say it, in words. */
  readonly instructions: string | undefined;
  readonly format: SoundFormat;
  /** Fields without a counterpart. */
  readonly others: readonly string[];
}

const KNOWN = new Set(['model', 'input', 'voice', 'instructions', 'response_format', 'stream_format']);
/** Formats of OpenAI's that nothing here can make. */
const OTHER_FORMATS = new Set(['opus', 'aac', 'flac']);

/** https://platform.openai.com/docs/api-reference/audio/createSpeech @throws KeywheelError bad_body, untranslatable */
export function readSpeechRequest(body: Fields): SpeechRequest {
  const text = textOf(body.input, 'input');
  if (text.trim() === '') malformed('input must not be empty.', 'input');
  const streamed = optionalText(body.stream_format, 'stream_format') ?? 'audio';
  if (streamed !== 'audio') {
    refuse('This upstream does not stream speech as events: leave stream_format out.', 'stream_format');
  }
  const speed = optionalNumber(body.speed, 'speed') ?? 1;
  const others = Object.keys(otherFields(body, KNOWN) ?? {});
  return {
    text,
    voice: voiceOf(body.voice),
    instructions: optionalText(body.instructions, 'instructions')?.trim() || undefined,
    format: formatOf(body.response_format),
    others: speed === 1 ? others.filter((field) => field !== 'speed') : others,
  };
}

function voiceOf(voice: unknown): string {
  // Voices that an account has made are named by `{id}`.
  if (isFields(voice)) return refuse('Voices of your own are known to OpenAI only.', 'voice');
  return textOf(voice, 'voice');
}

function formatOf(value: unknown): SoundFormat {
  const asked = optionalText(value, 'response_format') ?? 'mp3';
  const format = FORMATS.find((one) => one === asked);
  if (format) return format;
  if (!OTHER_FORMATS.has(asked)) return malformed(`response_format ${asked} is unknown.`, 'response_format');
  return refuse(
    `This upstream’s speech cannot be had as ${asked}: ask for ${FORMATS.join(', ')}.`,
    'response_format',
  );
}
