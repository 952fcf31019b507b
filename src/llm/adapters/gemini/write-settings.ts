import type { WriteContext } from '../../conversation/codec.js';
import type { Conversation, Modality, OutputFormat, Speech } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import { geminiVoice } from '../../conversation/voices.js';
import { generationOf } from './model-facts.js';
import { withoutConst } from './schema.js';
import { thinkingConfigOf } from './thinking.js';

const MOST_STOPS = 5;
/** https://ai.google.dev/api/generate-content#generationconfig */
const MOST_CANDIDATES = 8;
const INT32 = 2 ** 31;

/** https://ai.google.dev/api/generate-content#generationconfig. @throws KeywheelError untranslatable */
export function writeSettings(conversation: Conversation, context: WriteContext): Fields {
  const { thinking, output, modalities, speech } = conversation;
  return {
    ...writeSampling(conversation, context),
    ...writeOutput(output),
    ...(modalities && { responseModalities: writeModalities(modalities, context.notes) }),
    ...(speech && writeSpeech(speech, context.notes)),
    thinkingConfig: thinking && thinkingConfigOf(thinking, context.model, context.notes),
  };
}

function writeSampling({ sampling }: Conversation, { model, preset, notes }: WriteContext): Fields {
  const { maxTokens, temperature, topP, topK, stop, candidates, logprobs, topLogprobs } = sampling;
  if (stop && stop.length > MOST_STOPS) refuse(`Gemini takes at most ${MOST_STOPS} stop sequences.`, 'stop');
  if ((candidates ?? 1) > MOST_CANDIDATES) refuse(`Gemini gives at most ${MOST_CANDIDATES} answers.`, 'n');
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

/** What speaks does nothing else, while OpenAI's sound comes with its words. */
function writeModalities(modalities: readonly Modality[], notes: Notes): readonly string[] {
  const speaks = modalities.includes('audio');
  if (speaks && modalities.length > 1) notes.dropped('modalities.text');
  return speaks ? ['AUDIO'] : modalities.map((one) => one.toUpperCase());
}

/** Gemini speaks raw PCM of 16 bits only. https://ai.google.dev/gemini-api/docs/speech-generation */
function writeSpeech({ voice: asked, format }: Speech, notes: Notes): Fields | undefined {
  if (format !== undefined && !/^pcm/.test(format)) {
    refuse(`Gemini speaks pcm16, not ${format}.`, 'audio.format');
  }
  if (asked === undefined) return undefined;
  const { voice: voiceName, isStandIn } = geminiVoice(asked);
  if (isStandIn) notes.warn('approximated:voice');
  return { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } } };
}
