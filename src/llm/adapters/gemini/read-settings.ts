import type {
  Conversation,
  Effort,
  Modality,
  OutputFormat,
  Speech,
} from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import {
  isFields,
  optionalFields,
  optionalFlag,
  optionalText,
  optionalTexts,
} from '../../conversation/fields.js';
import { malformed } from '../../conversation/notes.js';
import { optionalMessage, optionalProtoNumber } from './proto.js';
import { jsonSchemaOf } from './schema.js';

type Settings = Pick<Conversation, 'sampling' | 'thinking' | 'output' | 'modalities' | 'speech'> & {
  /** What the conversation has no word for, by its path. */
  readonly rest: Fields;
};

const AT = 'generationConfig';

/** https://ai.google.dev/api/generate-content#generationconfig. @throws KeywheelError bad_body */
export function readSettings(value: unknown): Settings {
  const config = optionalMessage(value, AT) ?? {};
  const taken = new Set<string>();
  /** What is read is taken out of the rest. */
  const take = (name: string): unknown => {
    taken.add(name);
    return config[name];
  };
  const settings = {
    sampling: readSampling(take),
    thinking: readThinking(take('thinkingConfig')),
    output: readOutput(config, take),
    modalities: readModalities(config.responseModalities, taken),
    speech: readSpeech(config.speechConfig, taken),
  };
  const rest: Record<string, unknown> = {};
  for (const [name, said] of Object.entries(config)) {
    if (!taken.has(name) && said !== undefined && said !== null) rest[`${AT}.${name}`] = said;
  }
  return { ...settings, rest };
}

function readSampling(take: (name: string) => unknown): Conversation['sampling'] {
  const number = (name: string) => optionalProtoNumber(take(name), `${AT}.${name}`);
  return {
    maxTokens: number('maxOutputTokens'),
    temperature: number('temperature'),
    topP: number('topP'),
    topK: number('topK'),
    seed: number('seed'),
    presencePenalty: number('presencePenalty'),
    frequencyPenalty: number('frequencyPenalty'),
    stop: optionalTexts(take('stopSequences'), `${AT}.stopSequences`),
    candidates: number('candidateCount'),
    logprobs: optionalFlag(take('responseLogprobs'), `${AT}.responseLogprobs`),
    topLogprobs: number('logprobs'),
  };
}

const LEVELS: Readonly<Record<string, Effort>> = {
  MINIMAL: 'minimal',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
};

function readThinking(value: unknown): Conversation['thinking'] {
  const config = optionalMessage(value, `${AT}.thinkingConfig`);
  if (!config) return undefined;
  const at = `${AT}.thinkingConfig`;
  const level = optionalText(config.thinkingLevel, `${at}.thinkingLevel`)?.toUpperCase();
  const effort = level === undefined || level === 'THINKING_LEVEL_UNSPECIFIED' ? undefined : LEVELS[level];
  if (level !== undefined && effort === undefined && level !== 'THINKING_LEVEL_UNSPECIFIED') {
    return malformed(`${at}.thinkingLevel must be MINIMAL, LOW, MEDIUM or HIGH.`, `${at}.thinkingLevel`);
  }
  const budget = optionalProtoNumber(config.thinkingBudget, `${at}.thinkingBudget`);
  const shown = optionalFlag(config.includeThoughts, `${at}.includeThoughts`);
  return {
    ...(effort && { effort }),
    ...(budget !== undefined && { budget }),
    ...(shown !== undefined && { shown }),
  };
}

function readOutput(config: Fields, take: (name: string) => unknown): OutputFormat | undefined {
  const mime = optionalText(config.responseMimeType, `${AT}.responseMimeType`);
  if (mime === 'text/plain') take('responseMimeType');
  // `text/x.enum` and what may come stay with Gemini.
  if (mime !== 'application/json') return mime === 'text/plain' ? { kind: 'text' } : undefined;
  take('responseMimeType');
  const schema = optionalFields(take('responseJsonSchema'), `${AT}.responseJsonSchema`);
  const openApi = optionalFields(take('responseSchema'), `${AT}.responseSchema`);
  const wanted = schema ?? (openApi && jsonSchemaOf(openApi));
  return wanted ? { kind: 'schema', schema: wanted, strict: true } : { kind: 'json' };
}

const MODALITIES: Readonly<Record<string, Modality>> = { TEXT: 'text', IMAGE: 'image', AUDIO: 'audio' };

function readModalities(value: unknown, taken: Set<string>): readonly Modality[] | undefined {
  const words = optionalTexts(value, `${AT}.responseModalities`);
  const known = words?.map((word) => MODALITIES[word.toUpperCase()]).filter((one) => one !== undefined);
  if (!words || known?.length !== words.length || words.length === 0) return undefined;
  taken.add('responseModalities');
  return known;
}

/** One prebuilt voice can be said everywhere; several speakers, languages and cloned voices are Gemini's own. */
function readSpeech(value: unknown, taken: Set<string>): Speech | undefined {
  const config = optionalMessage(value, `${AT}.speechConfig`);
  const prebuilt = optionalMessage(
    optionalMessage(config?.voiceConfig, `${AT}.speechConfig.voiceConfig`)?.prebuiltVoiceConfig,
    `${AT}.speechConfig.voiceConfig.prebuiltVoiceConfig`,
  );
  if (!config || !isFields(prebuilt)) return undefined;
  const voice = optionalText(
    prebuilt.voiceName,
    `${AT}.speechConfig.voiceConfig.prebuiltVoiceConfig.voiceName`,
  );
  if (Object.keys(config).length === 1) taken.add('speechConfig');
  return { ...(voice !== undefined && { voice }) };
}
