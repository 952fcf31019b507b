import type { Conversation, Modality, Sampling, Speech } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import type { RequestFacts } from '../../conversation/codec.js';
import {
  fieldsOf,
  isFields,
  optionalFields,
  optionalFlag,
  optionalNumber,
  optionalText,
  optionalTexts,
  otherFields,
  textOf,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import { readFormat, readLabels, readSchemaFormat } from '../openai-fields.js';
import { readMessages } from './read-messages.js';
import { otherGoogleFields, readThinking, THINKING_FIELDS } from './read-thinking.js';
import { readToolChoice, readTools } from './read-tools.js';

/** Top-level fields that have a place in the conversation. */
const KNOWN: ReadonlySet<string> = new Set([
  'model', 'messages', 'stream', 'stream_options', 'tools', 'functions', 'web_search_options', 'tool_choice',
  'function_call', 'parallel_tool_calls', 'response_format', 'modalities', 'audio', 'max_completion_tokens',
  'max_tokens', 'temperature', 'top_p', 'top_k', 'seed', 'presence_penalty', 'frequency_penalty', 'stop', 'n',
  'logprobs', 'top_logprobs', 'user', 'safety_identifier', 'prompt_cache_key', 'metadata', 'extra_body', 'google',
  ...THINKING_FIELDS,
]); // prettier-ignore

/**
 * https://platform.openai.com/docs/api-reference/chat/create
 * @throws KeywheelError bad_body
 */
export function readRequest(body: Fields, facts: RequestFacts): Conversation {
  const tools = readTools(body);
  const toolChoice = readToolChoice(body);
  const thinking = readThinking(body);
  const extras = { ...otherFields(body, KNOWN), ...otherGoogleFields(body) };
  return {
    model: facts.model ?? textOf(body.model, 'model'),
    stream: optionalFlag(body.stream, 'stream') ?? facts.stream,
    ...readMessages(body.messages),
    tools,
    ...(toolChoice && { toolChoice }),
    ...readParallel(
      body,
      tools.some(({ kind }) => kind === 'function'),
    ),
    ...readOutput(body),
    sampling: readSampling(body),
    ...(thinking && { thinking }),
    ...readLabels(body),
    ...readStreamOptions(body),
    ...(Object.keys(extras).length > 0 && { extras: { chat: extras } }),
  };
}

/** The deprecated functions are called one at a time. */
function readParallel(body: Fields, hasTools: boolean): Pick<Conversation, 'parallelCalls'> {
  const parallel = optionalFlag(body.parallel_tool_calls, 'parallel_tool_calls');
  if (parallel !== undefined) return { parallelCalls: parallel };
  const legacy = Array.isArray(body.functions) && body.functions.length > 0;
  return legacy && hasTools ? { parallelCalls: false } : {};
}

function readOutput(body: Fields): Pick<Conversation, 'output' | 'modalities' | 'speech'> {
  const output = readFormat(body.response_format, 'response_format', readSchema);
  const modalities = optionalTexts(body.modalities, 'modalities')?.map(readModality);
  const speech = readSpeech(body.audio);
  return { ...(output && { output }), ...(modalities && { modalities }), ...(speech && { speech }) };
}

function readModality(word: string, index: number): Modality {
  if (word === 'text' || word === 'image' || word === 'audio') return word;
  return malformed(`modalities.${index} '${word}' is not known.`, `modalities.${index}`);
}

/** A voice is a name, or `{id}` of one that the caller has made. */
function readSpeech(value: unknown): Speech | undefined {
  const audio = optionalFields(value, 'audio');
  if (!audio) return undefined;
  const voice = optionalText(isFields(audio.voice) ? audio.voice.id : audio.voice, 'audio.voice');
  const format = optionalText(audio.format, 'audio.format');
  return { ...(voice !== undefined && { voice }), ...(format !== undefined && { format }) };
}

function readSchema(format: Fields): ReturnType<typeof readSchemaFormat> {
  const param = 'response_format.json_schema';
  const json = fieldsOf(format.json_schema, param);
  return readSchemaFormat(json, optionalFields(json.schema, `${param}.schema`) ?? {}, param);
}

/** The fields of sampling that are plain numbers. */
const NUMBERS = {
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  candidates: 'n',
  topLogprobs: 'top_logprobs',
} as const;

function readSampling(body: Fields): Sampling {
  const sampling: Record<string, unknown> = {};
  for (const [key, name] of Object.entries(NUMBERS)) {
    const value = optionalNumber(body[name], name);
    if (value !== undefined) sampling[key] = value;
  }
  const { candidates } = sampling;
  if (candidates !== undefined && !(Number.isInteger(candidates) && Number(candidates) > 0)) {
    malformed('n must be a whole number above 0.', 'n');
  }
  const maxTokens =
    optionalNumber(body.max_completion_tokens, 'max_completion_tokens') ??
    optionalNumber(body.max_tokens, 'max_tokens');
  const stop = typeof body.stop === 'string' ? [body.stop] : optionalTexts(body.stop, 'stop');
  const logprobs = optionalFlag(body.logprobs, 'logprobs');
  return {
    ...sampling,
    ...(maxTokens !== undefined && { maxTokens }),
    ...(stop && stop.length > 0 && { stop }),
    ...(logprobs !== undefined && { logprobs }),
  };
}

function readStreamOptions(body: Fields): Pick<Conversation, 'usageInStream'> {
  const stream = optionalFields(body.stream_options, 'stream_options');
  const usageInStream = optionalFlag(stream?.include_usage, 'stream_options.include_usage');
  return { ...(usageInStream !== undefined && { usageInStream }) };
}
