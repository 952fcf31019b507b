import { CODECS } from '../../adapters/codecs.js';
import type { Codec, WriteContext, WrittenRequest } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import { refuse } from '../../conversation/notes.js';
import type { Reply } from '../../conversation/reply.js';
import { openaiVoice } from '../../conversation/voices.js';
import { noteUnsaid, onlyText } from './only-text.js';

/** Models of OpenAI that read out, and have no conversations; the older ones take no instructions. */
const SPEAKS = /(?:^|-)tts(?:-|$)/;
const INSTRUCTED = /^gpt-/;
/** How Gemini's own models say it: the very bytes that OpenAI's `pcm` has, 24,000 samples a second of 16 bits. */
const MIME = 'audio/L16;codec=pcm;rate=24000';

/** Whether sound is asked for, of a model that has another operation for that. */
export function isSpoken({ modalities }: Conversation, model: string): boolean {
  return modalities?.includes('audio') === true && SPEAKS.test(model);
}

/** `generateContent` for sound, as OpenAI's models speak. https://platform.openai.com/docs/api-reference/audio/createSpeech */
export const SPEAKING: Codec = {
  ...CODECS.chat,
  mustFetch: () => false,
  writeRequest,
  readReply: () => {
    throw new Error('speech is no JSON');
  },
};

function writeRequest(said: Conversation, { model, notes }: WriteContext): WrittenRequest {
  const config = said.extras?.gemini?.['generationConfig.speechConfig'];
  if (config !== undefined) refuse('This model has one voice, by its name alone.', 'speechConfig');
  if ((said.sampling.candidates ?? 1) > 1) refuse('This model speaks once.', 'candidateCount');
  noteUnsaid(said, notes, {});
  const { text, instructions } = onlyText(said, { instructed: INSTRUCTED.test(model) });
  const { voice, isStandIn } = openaiVoice(said.speech?.voice ?? '');
  if (isStandIn) notes.warn('approximated:voice');
  return {
    path: '/v1/audio/speech',
    body: {
      model,
      input: text,
      voice: voice === '' ? 'alloy' : voice,
      response_format: 'pcm',
      ...(instructions !== '' && { instructions }),
    },
  };
}

/** The answer is the sound itself. @throws Error where there is none */
export function readSound(bytes: Buffer): Reply {
  if (bytes.length === 0) throw new Error('speech without a sound');
  const source = { kind: 'base64', data: bytes.toString('base64') } as const;
  const parts = [{ kind: 'media', media: 'audio', mime: MIME, source }] as const;
  return { id: '', model: '', candidates: [{ index: 0, parts, finish: { reason: 'stop' } }] };
}
