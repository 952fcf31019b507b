import { camelFields, messageOf, optionalMessage, optionalProtoNumber } from '../../adapters/gemini/proto.js';
import { count } from '../../adapters/json-part.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields, listOf, optionalList, otherFields } from '../../conversation/fields.js';
import { malformed, refuse } from '../../conversation/notes.js';
import type { EmbeddingRequest, Embeddings } from './embedding-request.js';

const KNOWN = new Set(['model', 'content', 'outputDimensionality']);

/** `embedContent`. https://ai.google.dev/api/embeddings#method:-models.embedcontent @throws KeywheelError bad_body */
export function readEmbedContent(body: Fields): EmbeddingRequest {
  return { ...readOne(body, ''), single: true };
}

/**
 * `batchEmbedContents`. https://ai.google.dev/api/embeddings#method:-models.batchembedcontents
 * @throws KeywheelError bad_body, untranslatable where one asks for other dimensions than another
 */
export function readBatch(body: Fields): EmbeddingRequest {
  const requests = listOf(body.requests, 'requests').map((item, index) =>
    readOne(messageOf(item, `requests.${index}`), `requests.${index}.`),
  );
  const [first] = requests;
  if (!first) return malformed('requests must hold at least one request.', 'requests');
  if (requests.some(({ dimensions }) => dimensions !== first.dimensions)) {
    return refuse('All requests of one call must ask for the same outputDimensionality.', 'requests');
  }
  return {
    ...first,
    texts: requests.flatMap(({ texts }) => texts),
    single: false,
    others: [...new Set(requests.flatMap(({ others }) => others))],
  };
}

function readOne(body: Fields, at: string): EmbeddingRequest {
  const request = camelFields(body);
  const config = optionalMessage(request.embedContentConfig, `${at}embedContentConfig`);
  const fields = { ...otherFields(request, new Set(['embedContentConfig'])), ...config };
  const dimensions = optionalProtoNumber(fields.outputDimensionality, `${at}outputDimensionality`);
  return {
    texts: [textOf(fields.content, `${at}content`)],
    base64: false,
    single: true,
    ...(dimensions !== undefined && { dimensions }),
    others: Object.keys(otherFields(fields, KNOWN) ?? {}),
  };
}

/** The text of all parts together, as Gemini makes one vector of them. */
function textOf(value: unknown, param: string): string {
  const parts = optionalList(messageOf(value, param).parts, `${param}.parts`);
  if (parts.length === 0) return malformed(`${param}.parts must hold a text.`, `${param}.parts`);
  const texts = parts.map((part, index) => {
    const text = messageOf(part, `${param}.parts.${index}`).text;
    if (typeof text === 'string') return text;
    return refuse('Only texts can be embedded by this upstream.', `${param}.parts.${index}`);
  });
  return texts.join('\n');
}

/** `body` of a request to `operation`. */
export function writeGemini(request: EmbeddingRequest, model: string): { operation: string; body: Fields } {
  const { texts, dimensions } = request;
  const made = texts.map((text) => ({
    model: /^(models|tunedModels)\//.test(model) ? model : `models/${model}`,
    content: { parts: [{ text }] },
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
  }));
  return made.length === 1
    ? { operation: 'embedContent', body: made[0]! }
    : { operation: 'batchEmbedContents', body: { requests: made } };
}

/** Of either operation. @throws Error where it is none */
export function readGeminiAnswer(body: Fields): Embeddings {
  const answer = camelFields(body);
  const list: unknown = answer.embeddings ?? [answer.embedding];
  if (!Array.isArray(list)) throw new Error('no embeddings');
  const usage = isFields(answer.usageMetadata) ? camelFields(answer.usageMetadata) : {};
  const told = usage.promptTokenCount ?? usage.totalTokenCount;
  return {
    vectors: list.map((item: unknown) => valuesOf(item)),
    tokens: typeof told === 'number' ? count(told) : undefined,
  };
}

function valuesOf(item: unknown): readonly number[] {
  const values = isFields(item) ? item.values : undefined;
  if (Array.isArray(values) && values.every((value) => typeof value === 'number')) return values;
  throw new Error('an embedding is no list of numbers');
}

export function writeGeminiAnswer({ vectors, tokens }: Embeddings, { single }: EmbeddingRequest): Fields {
  const embeddings = vectors.map((values) => ({ values }));
  return {
    ...(single ? { embedding: embeddings[0] } : { embeddings }),
    ...(tokens !== undefined && { usageMetadata: { promptTokenCount: tokens, totalTokenCount: tokens } }),
  };
}
