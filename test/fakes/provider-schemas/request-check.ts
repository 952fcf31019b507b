import type { IncomingHttpHeaders } from 'node:http';
import { type Json, type Rules } from './rules.ts';
import { anthropicRules } from './rules-anthropic.ts';
import { geminiRules } from './rules-gemini.ts';
import { chatRules, responsesRules } from './rules-openai.ts';
import { misfit } from './schemas.ts';

/** One request as an upstream got it. */
export interface SentRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Why the provider would answer 400; undefined where it would not, or where no schema is kept of the operation. */
export type RequestCheck = (request: SentRequest) => Promise<string | undefined>;

const GOOGLE: Readonly<Record<string, string>> = {
  generateContent: 'GenerateContentRequest',
  streamGenerateContent: 'GenerateContentRequest',
  countTokens: 'CountTokensRequest',
  embedContent: 'EmbedContentRequest',
  batchEmbedContents: 'BatchEmbedContentsRequest',
  predict: 'PredictRequest',
};

/** Schemas by the end of the path. */
const BY_PATH: readonly (readonly [RegExp, string])[] = [
  [/\/chat\/completions$/, 'openai#/definitions/Chat'],
  [/\/completions$/, 'openai#/definitions/Completions'],
  [/\/embeddings$/, 'openai#/definitions/Embeddings'],
  [/\/images\/generations$/, 'openai#/definitions/ImageGenerations'],
  [/\/images\/edits$/, 'openai#/definitions/ImageEdits'],
  [/\/moderations$/, 'openai#/definitions/Moderations'],
  [/\/responses$/, 'openai#/definitions/Responses'],
  [/\/audio\/speech$/, 'openai#/definitions/Speech'],
  [/\/audio\/transcriptions$/, 'openai#/definitions/Transcriptions'],
  [/\/audio\/translations$/, 'openai#/definitions/Translations'],
  [/\/messages$/, 'anthropic#/definitions/Messages'],
  [/\/messages\/count_tokens$/, 'anthropic#/definitions/CountTokens'],
];

/** What no schema says: how fields go together. */
const RULES: Readonly<Record<string, Rules>> = {
  Chat: chatRules,
  Responses: responsesRules,
  Messages: anthropicRules,
  GenerateContentRequest: geminiRules,
};

/** A whole request; forms are read as the JSON that they stand for. */
export const checkRequest: RequestCheck = async ({ path, headers, body }) => {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('multipart/')) return checkBody(path, await formOf(body, type));
  try {
    return checkBody(path, JSON.parse(body.toString()));
  } catch {
    // What is no JSON is somebody else's complaint.
    return undefined;
  }
};

/** @param path of the request, with or without its query */
export function checkBody(path: string, body: unknown): string | undefined {
  const schema = schemaOf(path.replace(/\?.*$/, ''));
  if (schema === undefined) return undefined;
  return misfit(schema, body) ?? RULES[/\w+$/.exec(schema)![0]]?.(body as Json);
}

function schemaOf(path: string): string | undefined {
  const [, method = ''] = /\/models\/[^/]+:(\w+)$/.exec(path) ?? [];
  const message = GOOGLE[method];
  if (message !== undefined) {
    return `${path.includes('/publishers/') ? 'vertex' : 'gemini'}#/definitions/${message}`;
  }
  return BY_PATH.find(([pattern]) => pattern.test(path))?.[1];
}

async function formOf(body: Buffer, type: string): Promise<unknown> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const plain = name.replace(/\[\]$/, '');
    const said = typeof value === 'string' ? value : {};
    fields[plain] = plain === name ? numberOrWord(said) : [...asList(fields[plain]), said];
  }
  return fields;
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const numberOrWord = (value: unknown): unknown => {
  if (value === 'true' || value === 'false') return value === 'true';
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
};
