import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import type { TranscriptionRequest } from './transcription-request.js';

/** A request to `generateContent` of a model that hears. https://ai.google.dev/gemini-api/docs/audio */
export function writeGeminiTranscription(request: TranscriptionRequest, notes: Notes): Fields {
  const { audio, mime, temperature, others } = request;
  for (const field of others) notes.dropped(field);
  const recording = { inlineData: { mimeType: mime, data: audio.bytes.toString('base64') } };
  return {
    contents: [{ role: 'user', parts: [recording, { text: taskFor(request) }] }],
    ...(temperature !== undefined && { generationConfig: { temperature } }),
  };
}

function taskFor({ translates, language, prompt }: TranscriptionRequest): string {
  const task = translates
    ? 'Translate what is said in this recording into English.'
    : 'Write down what is said in this recording, word for word, in the language that is spoken.';
  const rules = [
    task,
    'Answer with the text alone: no times, no names of speakers, no remarks. Where nobody speaks, answer with nothing.',
    ...(language === undefined ? [] : [`The language that is spoken: ${language}.`]),
    ...(prompt === undefined ? [] : [`Spell names and terms, and keep to the style, as here: ${prompt}`]),
  ];
  return rules.join('\n');
}
