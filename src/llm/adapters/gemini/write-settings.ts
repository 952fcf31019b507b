import type { WriteContext } from '../../conversation/codec.js';
import type { Conversation, OutputFormat, Speech } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { refuse } from '../../conversation/notes.js';
import { generationOf } from './model-facts.js';
import { withoutConst } from './schema.js';
import { thinkingConfigOf } from './thinking.js';

const MOST_STOPS = 5;
const INT32 = 2 ** 31;

/** https://ai.google.dev/api/generate-content#generationconfig. @throws KeywheelError untranslatable */
export function writeSettings(conversation: Conversation, context: WriteContext): Fields {
  const { thinking, output, modalities, speech } = conversation;
  return {
    ...writeSampling(conversation, context),
    ...writeOutput(output),
    ...(modalities && { responseModalities: modalities.map((one) => one.toUpperCase()) }),
    ...(speech && writeSpeech(speech)),
    thinkingConfig: thinking && thinkingConfigOf(thinking, context.model, context.notes),
  };
}

function writeSampling({ sampling }: Conversation, { model, preset, notes }: WriteContext): Fields {
  const { maxTokens, temperature, topP, topK, stop, candidates, logprobs, topLogprobs } = sampling;
  if (stop && stop.length > MOST_STOPS) refuse(`Gemini takes at most ${MOST_STOPS} stop sequences.`, 'stop');
  const seed = sampling.seed !== undefined && Math.abs(sampling.seed) >= INT32 ? undefined : sampling.seed;
  if (seed !== sampling.seed) notes.dropped('seed');
  const penal = knowsPenalties(model, preset);
  const penalty = (name: 'presencePenalty' | 'frequencyPenalty') => {
    const value = sampling[name];
    if (value === undefined || penal) return value;
    if (value !== 0) notes.dropped(name);
    return undefined;
  };
  return {
    maxOutputTokens: maxTokens,
    temperature,
    topP,
    topK,
    seed,
    presencePenalty: penalty('presencePenalty'),
    frequencyPenalty: penalty('frequencyPenalty'),
    stopSequences: stop && stop.length > 0 ? stop : undefined,
    candidateCount: candidates,
    responseLogprobs: logprobs,
    logprobs: topLogprobs,
  };
}

/**
 * Gemini 2.5 refuses penalties on Google's own API, and models from 3.5 on do everywhere.
 * https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/gemini/3-5-flash-lite
 */
function knowsPenalties(model: string, preset: string): boolean {
  const generation = generationOf(model);
  if (generation >= 3.5) return false;
  return generation !== 2.5 || preset === 'vertex-express';
}

/** https://ai.google.dev/gemini-api/docs/structured-output */
function writeOutput(output: OutputFormat | undefined): Fields | undefined {
  switch (output?.kind) {
    case undefined:
      return undefined;
    case 'text':
      return { responseMimeType: 'text/plain' };
    case 'json':
      return { responseMimeType: 'application/json' };
    case 'schema':
      return { responseMimeType: 'application/json', responseJsonSchema: withoutConst(output.schema) };
  }
}

/** Gemini speaks raw PCM of 16 bits only. https://ai.google.dev/gemini-api/docs/speech-generation */
function writeSpeech({ voice, format }: Speech): Fields | undefined {
  if (format !== undefined && !/^pcm/.test(format)) {
    refuse(`Gemini speaks pcm16, not ${format}.`, 'audio.format');
  }
  if (voice === undefined) return undefined;
  return { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } } };
}
