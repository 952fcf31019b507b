import { malformed, refuse } from '../../conversation/notes.js';
import type { Form, FormFile } from '../read-form.js';
import { audioType } from './audio-types.js';

/** A recording to be written down. */
export interface TranscriptionRequest {
  readonly audio: FormFile;
  readonly mime: string;
  /** Into English, whatever is spoken. */
  readonly translates: boolean;
  readonly language: string | undefined;
  /** Words that may occur, or the style to write in. */
  readonly prompt: string | undefined;
  readonly temperature: number | undefined;
  readonly format: 'json' | 'text';
  readonly stream: boolean;
  /** Fields without a counterpart. */
  readonly others: readonly string[];
}

const KNOWN = new Set(['model', 'language', 'prompt', 'temperature', 'response_format', 'stream']);

/**
 * https://platform.openai.com/docs/api-reference/audio/createTranscription and …/createTranslation
 * @throws KeywheelError bad_body, untranslatable
 */
export function readTranscriptionRequest({ texts, files }: Form, translates: boolean): TranscriptionRequest {
  const [audio] = files.get('file') ?? [];
  if (!audio || audio.bytes.length === 0) return malformed('file must be a recording.', 'file');
  const mime = audioType(audio);
  if (mime === undefined) return refuse('The type of the recording is not known: name it.', 'file');
  return {
    audio,
    mime,
    translates,
    language: texts.get('language')?.trim() || undefined,
    prompt: texts.get('prompt')?.trim() || undefined,
    temperature: temperatureOf(texts.get('temperature')),
    format: formatOf(texts.get('response_format') ?? 'json'),
    stream: !translates && texts.get('stream') === 'true',
    others: [...texts.keys()].filter((field) => !KNOWN.has(field)),
  };
}

function temperatureOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const temperature = Number(text);
  if (temperature >= 0 && temperature <= 1) return temperature;
  return malformed('temperature must be a number between 0 and 1.', 'temperature');
}

/** Times of words and sentences are what only models made for transcription tell. */
function formatOf(format: string): 'json' | 'text' {
  switch (format) {
    case 'json':
    case 'text':
      return format;
    case 'srt':
    case 'vtt':
    case 'verbose_json':
    case 'diarized_json':
      return refuse(
        `This upstream cannot tell when what was said, which ${format} needs: ask for json or text.`,
        'response_format',
      );
    default:
      return malformed(`response_format ${format} is unknown.`, 'response_format');
  }
}
