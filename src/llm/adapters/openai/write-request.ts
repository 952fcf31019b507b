import type { WriteContext, WrittenRequest } from '../../conversation/codec.js';
import { hasCacheMarks } from '../../conversation/cache-marks.js';
import type { Conversation, OutputFormat, Speech } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { noteForeignExtras } from '../../conversation/foreign-extras.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import { openaiVoice } from '../../conversation/voices.js';
import { guaranteedFormat, knowsBreakpoints, writeSchemaFormat } from '../openai-fields.js';
import { type Quirks, quirksOf } from './quirks.js';
import { writeMessages } from './write-messages.js';
import { writeThinking } from './write-thinking.js';
import { writeTools } from './write-tools.js';

/**
 * https://platform.openai.com/docs/api-reference/chat/create, with what the upstream's preset does otherwise.
 * @throws KeywheelError untranslatable
 */
export function writeRequest(conversation: Conversation, context: WriteContext): WrittenRequest {
  const { model, notes } = context;
  const quirks = quirksFor(context);
  const { stream, extras, thinking } = conversation;
  const shared = quirks.cacheKey ? sharedFields(extras?.responses) : {};
  const body: Fields = {
    ...shared,
    ...extras?.chat,
    model,
    messages: writeMessages(conversation, quirks, notes),
    ...writeTools(conversation, quirks, notes),
    ...writeOutput(conversation, quirks, notes),
    ...writeSampling(conversation, quirks, notes),
    ...writeThinking(thinking, context, quirks),
    ...writeLabels(conversation, quirks, notes),
    // The counts are recorded whether the caller wants them or not.
    ...(stream && { stream: true, ...(quirks.streamOptions && { stream_options: { include_usage: true } }) }),
  };
  noteForeignExtras(conversation, 'chat', notes, shared);
  if (quirks.cache === 'none' && hasCacheMarks(conversation)) notes.dropped('cache_control');
  return { path: '/v1/chat/completions', body };
}

/** Fields that OpenAI reads in both of its protocols, and means the same by. */
const SHARED = ['prompt_cache_retention', 'service_tier'] as const;

function sharedFields(extras: Fields = {}): Fields {
  const said = SHARED.filter((name) => extras[name] != null);
  return Object.fromEntries(said.map((name) => [name, extras[name]]));
}

function quirksFor({ preset, model }: WriteContext): Quirks {
  const quirks = quirksOf(preset);
  return quirks.cache === 'prompt_cache_breakpoint' && !knowsBreakpoints(model)
    ? { ...quirks, cache: 'none' }
    : quirks;
}

function writeOutput(
  { output, modalities, speech, stream }: Conversation,
  quirks: Quirks,
  notes: Notes,
): Fields {
  if (modalities?.includes('image') && !quirks.imageOutput) {
    refuse('The upstream makes no images in conversations.', 'modalities');
  }
  const spoken = modalities?.includes('audio');
  return {
    ...(output && { response_format: writeFormat(guaranteedFormat(output, notes)) }),
    // Sound comes with its words, or not at all: https://platform.openai.com/docs/guides/audio
    ...(modalities && { modalities: spoken ? [...new Set(['text', ...modalities])] : modalities }),
    ...((speech || spoken) && {
      audio: { voice: voiceOf(speech, notes), format: speech?.format ?? (stream ? 'pcm16' : 'wav') },
    }),
  };
}

function voiceOf(speech: Speech | undefined, notes: Notes): string {
  const { voice, isStandIn } = openaiVoice(speech?.voice ?? 'alloy');
  if (isStandIn) notes.warn('approximated:voice');
  return voice;
}

function writeFormat(output: OutputFormat): Fields {
  if (output.kind === 'text') return { type: 'text' };
  if (output.kind === 'json') return { type: 'json_object' };
  return { type: 'json_schema', json_schema: writeSchemaFormat(output) };
}

function writeSampling({ sampling }: Conversation, quirks: Quirks, notes: Notes): Fields {
  const { topK, maxTokens, ...rest } = sampling;
  if (topK !== undefined && !quirks.topK) notes.dropped('top_k');
  return withoutAbsent({
    [quirks.maxTokens]: maxTokens,
    temperature: rest.temperature,
    top_p: rest.topP,
    top_k: quirks.topK ? topK : undefined,
    seed: rest.seed,
    presence_penalty: rest.presencePenalty,
    frequency_penalty: rest.frequencyPenalty,
    stop: rest.stop,
    n: rest.candidates,
    logprobs: rest.logprobs,
    top_logprobs: rest.topLogprobs,
  });
}

function writeLabels(conversation: Conversation, quirks: Quirks, notes: Notes): Fields {
  const { user, cacheKey, labels, extras } = conversation;
  const fields: Record<string, unknown> = {};
  if (user !== undefined && quirks.user !== 'none') fields[quirks.user] = user;
  else if (user !== undefined) notes.dropped('user');
  if (cacheKey !== undefined && quirks.cacheKey) fields.prompt_cache_key = cacheKey;
  else if (cacheKey !== undefined) notes.dropped('prompt_cache_key');
  // They are for finding stored answers, and refused where nothing is stored.
  if (labels && extras?.chat?.store === true) fields.metadata = labels;
  else if (labels) notes.dropped('metadata');
  return fields;
}

function withoutAbsent(fields: Record<string, unknown>): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
