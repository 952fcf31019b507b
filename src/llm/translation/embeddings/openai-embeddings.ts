import { count, objectAt } from '../../adapters/json-part.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields, listOf, optionalNumber, optionalText, otherFields } from '../../conversation/fields.js';
import { malformed, refuse } from '../../conversation/notes.js';
import type { EmbeddingRequest, Embeddings } from './embedding-request.js';
import { base64Of, unitVector } from './vectors.js';

const KNOWN = new Set(['model', 'input', 'dimensions', 'encoding_format']);

/** https://platform.openai.com/docs/api-reference/embeddings/create @throws KeywheelError bad_body, untranslatable */
export function readOpenAi(body: Fields): EmbeddingRequest {
  const format = optionalText(body.encoding_format, 'encoding_format') ?? 'float';
  if (format !== 'float' && format !== 'base64') {
    return malformed('encoding_format must be float or base64.', 'encoding_format');
  }
  const dimensions = optionalNumber(body.dimensions, 'dimensions');
  if (dimensions !== undefined && !(Number.isInteger(dimensions) && dimensions > 0)) {
    return malformed('dimensions must be a whole number above 0.', 'dimensions');
  }
  return {
    texts: typeof body.input === 'string' ? [body.input] : textsOf(body.input),
    single: typeof body.input === 'string',
    base64: format === 'base64',
    ...(dimensions !== undefined && { dimensions }),
    others: Object.keys(otherFields(body, KNOWN) ?? {}),
  };
}

function textsOf(input: unknown): readonly string[] {
  const list = listOf(input ?? malformed('input must be given.', 'input'), 'input');
  if (list.length === 0) return malformed('input must not be empty.', 'input');
  if (list.every((item) => typeof item === 'string')) return list;
  if (list.every((item) => typeof item === 'number' || Array.isArray(item))) {
    return refuse(
      'input holds token numbers, which only OpenAI’s own tokenizer can read: send it as text.',
      'input',
    );
  }
  return malformed('input must be a string or a list of strings.', 'input');
}

/** `body` of a request to `/v1/embeddings`. */
export function writeOpenAi({ texts, single, dimensions }: EmbeddingRequest, model: string): Fields {
  return {
    model,
    input: single ? texts[0] : texts,
    encoding_format: 'float',
    ...(dimensions !== undefined && { dimensions }),
  };
}

/** @throws Error where it is no list of vectors of numbers */
export function readOpenAiAnswer(body: Fields): Embeddings {
  const { data } = body;
  if (!Array.isArray(data)) throw new Error('no data');
  const ordered = data.filter(isFields).sort((one, other) => Number(one.index) - Number(other.index));
  const usage = objectAt(body, 'usage');
  return {
    vectors: ordered.map(({ embedding }) => numbersOf(embedding)),
    tokens: typeof usage.prompt_tokens === 'number' ? count(usage.prompt_tokens) : undefined,
  };
}

function numbersOf(value: unknown): readonly number[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value;
  throw new Error('an embedding is no list of numbers');
}

/**
 * The answer as OpenAI gives it. Its vectors have length 1, those of others that were cut to fewer dimensions have not.
 * https://ai.google.dev/gemini-api/docs/embeddings#quality-for-smaller-dimensions
 */
export function writeOpenAiAnswer(
  { vectors, tokens = 0 }: Embeddings,
  { base64, dimensions }: EmbeddingRequest,
  model: string,
): Fields {
  const data = vectors.map((vector, index) => {
    const unit = dimensions === undefined ? vector : unitVector(vector);
    return { object: 'embedding', index, embedding: base64 ? base64Of(unit) : unit };
  });
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}
