import { chat, chatGets, gemini, geminiGets } from '../answers.ts';
import type { AnsweredFeature, AskedFeature } from '../feature.ts';

/** Half a second of silence, in the form that both providers speak. */
const PCM = Buffer.alloc(24_000).toString('base64');
const SPEAKING = {
  responseModalities: ['AUDIO'],
  speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
};
const says = {
  chat: { modalities: ['text', 'audio'], audio: { voice: 'marin', format: 'pcm16' } },
  gemini: { generationConfig: SPEAKING },
};
const SPEAKERS = { openai: 'gpt-audio', gemini: 'gemini-2.5-flash', 'vertex-express': 'gemini-2.5-flash' };
const audio = { id: 'audio_1', data: PCM, transcript: 'Hello.', expires_at: 1_760_003_600 };
const spoken = { mimeType: 'audio/L16;codec=pcm;rate=24000', data: PCM };

export const SPOKEN_QUESTIONS: readonly AskedFeature[] = [
  {
    group: 'Media',
    name: 'an answer in sound is wanted, in a voice',
    says,
    models: SPEAKERS,
    seen: {},
    // Voices are the provider's own: there is one of the same register for each.
    mapped: {
      chat: { modalities: ['text', 'audio'], audio: { voice: 'alloy' } },
      gemini: {
        generationConfig: {
          responseModalities: ['AUDIO'],
          speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Autonoe' } } },
        },
      },
    },
  },
  {
    group: 'Media',
    name: 'an answer in sound is wanted, as WAV',
    says: { chat: { modalities: ['text', 'audio'], audio: { voice: 'marin', format: 'wav' } } },
    models: SPEAKERS,
    seen: { chat: { audio: { format: 'wav' } } },
  },
];

export const SPOKEN_ANSWERS: readonly AnsweredFeature[] = [
  {
    group: 'Answers',
    name: 'sound made by the model',
    says,
    models: SPEAKERS,
    answers: { chat: chat({ content: null, audio }), gemini: gemini([{ inlineData: spoken }]) },
    gets: {
      chat: chatGets({ audio: { data: PCM } }, 'stop'),
      gemini: geminiGets([{ inlineData: { data: PCM } }], 'STOP'),
    },
  },
];
