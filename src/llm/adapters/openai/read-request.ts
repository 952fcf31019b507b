import type {
  Conversation,
  Modality,
  OutputFormat,
  Sampling,
  Speech,
} from '../../conversation/conversation.js';
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
  const output = readFormat(body.response_format);
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

function readFormat(value: unknown): OutputFormat | undefined {
  const format = optionalFields(value, 'response_format');
  if (!format) return undefined;
  if (format.type === 'text') return { kind: 'text' };
  if (format.type === 'json_object') return { kind: 'json' };
  if (format.type !== 'json_schema') {
    malformed("response_format.type must be 'text', 'json_object' or 'json_schema'.", 'response_format.type');
  }
  const param = 'response_format.json_schema';
  const json = fieldsOf(format.json_schema, param);
  const name = optionalText(json.name, `${param}.name`);
  const description = optionalText(json.description, `${param}.description`);
  const strict = optionalFlag(json.strict, `${param}.strict`);
  return {
    kind: 'schema',
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    schema: optionalFields(json.schema, `${param}.schema`) ?? {},
    ...(strict !== undefined && { strict }),
  };
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

function readLabels(body: Fields): Pick<Conversation, 'user' | 'cacheKey' | 'labels' | 'usageInStream'> {
  const user = optionalText(body.safety_identifier, 'safety_identifier') ?? optionalText(body.user, 'user');
  const cacheKey = optionalText(body.prompt_cache_key, 'prompt_cache_key');
  const labels = optionalFields(body.metadata, 'metadata');
  const stream = optionalFields(body.stream_options, 'stream_options');
  const usageInStream = optionalFlag(stream?.include_usage, 'stream_options.include_usage');
  return {
    ...(user !== undefined && { user }),
    ...(cacheKey !== undefined && { cacheKey }),
    ...(labels && Object.keys(labels).length > 0 && { labels: readTexts(labels) }),
    ...(usageInStream !== undefined && { usageInStream }),
  };
}

function readTexts(labels: Fields): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, textOf(value, `metadata.${name}`)]),
  );
}
