import { CODECS } from '../../adapters/codecs.js';
import type { Codec, WriteContext, WrittenRequest } from '../../conversation/codec.js';
import type { Conversation } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Notes } from '../../conversation/notes.js';
import type { Candidate, Reply, TokenCounts } from '../../conversation/reply.js';
import { noteUnsaid, onlyText } from './only-text.js';

/** Models of OpenAI that draw, and have no conversations. */
const DRAWS = /^(?:gpt-image|chatgpt-image|dall-e)-/;
const DRAWS_LONG = /^dall-e-3/;
const DRAWS_SQUARES = /^dall-e-2/;
/** Where Gemini says what shape a picture is to have. */
const SHAPE = 'generationConfig.imageConfig';
/** Whether a picture is asked for, of a model that has another operation for that. */
export function isDrawn({ modalities }: Conversation, model: string): boolean {
  return modalities?.includes('image') === true && DRAWS.test(model);
}

/**
 * `generateContent` for pictures, as OpenAI's models make them. Each picture is a candidate.
 * https://platform.openai.com/docs/api-reference/images/create
 */
export const DRAWING: Codec = {
  ...CODECS.chat,
  mustFetch: () => false,
  writeRequest,
  readReply,
};

function writeRequest(said: Conversation, { model, notes }: WriteContext): WrittenRequest {
  const { candidates } = said.sampling;
  noteUnsaid(said, notes, { [SHAPE]: true });
  const size = sizeOf(said.extras?.gemini?.[SHAPE], model, notes);
  return {
    path: '/v1/images/generations',
    body: {
      model,
      prompt: onlyText(said, { instructed: false }).text,
      ...(candidates !== undefined && { n: candidates }),
      ...(size !== undefined && { size }),
      // The later models know no other way, and not the field.
      ...(model.startsWith('dall-e') && { response_format: 'b64_json' }),
    },
  };
}

/** The nearest that the model has; undefined where the caller leaves it to the model. */
function sizeOf(config: unknown, model: string, notes: Notes): string | undefined {
  if (!isFields(config)) return undefined;
  const [, width, height] = /^(\d+):(\d+)$/.exec(String(config.aspectRatio)) ?? [];
  const ratio = Number(width) / Number(height);
  if (!(ratio > 0)) return undefined;
  const long = DRAWS_LONG.test(model) ? 1792 : 1536;
  const sides = DRAWS_SQUARES.test(model) || ratio === 1 ? 1 : long / 1024;
  const near = ratio >= 1 ? sides : 1 / sides;
  if (config.imageSize !== undefined || Math.abs(Math.log(ratio / near)) > 0.01)
    notes.warn('approximated:size');
  return sides === 1 ? '1024x1024' : ratio > 1 ? `${long}x1024` : `1024x${long}`;
}

function readReply({ created, data, usage, output_format: format }: Fields): Reply {
  const mime = `image/${typeof format === 'string' ? format : 'png'}`;
  const made = Array.isArray(data) ? data.filter(isFields) : [];
  const candidates = made.map(({ b64_json: bytes }, index): Candidate => {
    if (typeof bytes !== 'string') throw new Error('a picture without its bytes');
    const source = { kind: 'base64', data: bytes } as const;
    return { index, parts: [{ kind: 'media', media: 'image', mime, source }], finish: { reason: 'stop' } };
  });
  if (candidates.length === 0) throw new Error('an answer without pictures');
  return {
    id: '',
    model: '',
    candidates,
    ...(typeof created === 'number' && { created }),
    ...(isFields(usage) && { usage: countsOf(usage) }),
  };
}

function countsOf({
  input_tokens: input,
  output_tokens: output,
  input_tokens_details: details,
}: Fields): TokenCounts {
  const images = isFields(details) ? details.image_tokens : undefined;
  return {
    input: countOf(input),
    output: countOf(output),
    ...(typeof images === 'number' && images > 0 && { imageInput: images }),
  };
}

const countOf = (value: unknown) => (typeof value === 'number' ? value : 0);
