import type { FormFile } from '../read-form.js';

/** What Gemini hears, by the endings of files. https://ai.google.dev/gemini-api/docs/audio#supported-formats */
const TYPES: Readonly<Record<string, string>> = {
  aac: 'audio/aac',
  aif: 'audio/aiff',
  aiff: 'audio/aiff',
  flac: 'audio/flac',
  m4a: 'audio/m4a',
  mp3: 'audio/mp3',
  mp4: 'audio/mp4',
  mpeg: 'audio/mpeg',
  mpga: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  webm: 'audio/webm',
};
/** Clients' own names for some of them. */
const SAME: Readonly<Record<string, string>> = {
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/x-m4a': 'audio/m4a',
  'audio/x-flac': 'audio/flac',
  'audio/x-aiff': 'audio/aiff',
};

/** The type of a recording: as the client says, else by the file's ending; undefined where neither tells. */
export function audioType({ name, mime }: FormFile): string | undefined {
  const [said = ''] = mime.toLowerCase().split(';', 1);
  if (said.startsWith('audio/')) return SAME[said] ?? said;
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
}
