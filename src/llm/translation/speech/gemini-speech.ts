import { CODECS } from '../../adapters/codecs.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import { usageOf } from '../generation/usage-of.js';
import { blocked } from '../whole/json-call.js';
import { withheldBecause } from '../whole/withheld.js';
import type { Pcm } from './pcm.js';
import type { SpeechRequest } from './speech-request.js';
import { geminiVoice } from '../../conversation/voices.js';

/** What the models answer in where they do not say. https://ai.google.dev/gemini-api/docs/speech-generation */
const RATE = 24_000;
const PCM = /^audio\/(?:l16|pcm)(?:;|$)/i;

/** A request to `generateContent` of a model that speaks. */
export function writeGeminiSpeech(
  { text, voice, instructions, others }: SpeechRequest,
  notes: Notes,
): Fields {
  for (const field of others) notes.dropped(field);
  const { voice: voiceName, isStandIn } = geminiVoice(voice);
  if (isStandIn) notes.warn('approximated:voice');
  // The models take directions in the text itself.
  const said = instructions === undefined ? text : `${instructions.replace(/[\s.:]+$/, '')}:\n${text}`;
  return {
    contents: [{ role: 'user', parts: [{ text: said }] }],
    generationConfig: {
      responseModalities: ['AUDIO'],
      speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } },
    },
  };
}

/** @throws KeywheelError content_blocked where the model did not speak; Error where the answer is none */
export function readGeminiSpeech(body: Fields) {
  const reply = CODECS.gemini.readReply(body);
  const sounds: Buffer[] = [];
  let rate = RATE;
  for (const part of reply.candidates[0]?.parts ?? []) {
    if (part.kind !== 'media' || part.source.kind !== 'base64') continue;
    const mime = part.mime ?? '';
    if (!PCM.test(mime)) throw new Error(`speech came as ${mime}`);
    rate = Number(/rate=(\d{4,6})/.exec(mime)?.[1] ?? rate);
    sounds.push(Buffer.from(part.source.data, 'base64'));
  }
  if (sounds.length === 0) blocked(`The model did not speak: ${withheldBecause(reply)}`);
  const pcm: Pcm = { samples: Buffer.concat(sounds), rate };
  return { pcm, usage: reply.usage && usageOf(reply.usage) };
}
