import type { Fields } from '../../conversation/dialect.js';
import type { TokenCounts } from '../../conversation/reply.js';
import { count, objectAt } from '../json-part.js';

/** `usage` of a response. https://platform.openai.com/docs/api-reference/responses/object#responses/object-usage */
export function readCounts(usage: Fields): TokenCounts {
  const input = objectAt(usage, 'input_tokens_details');
  const output = objectAt(usage, 'output_tokens_details');
  const more = {
    cached: input.cached_tokens,
    cacheWritten: input.cache_write_tokens,
    reasoning: output.reasoning_tokens,
    audioInput: input.audio_tokens,
    audioOutput: output.audio_tokens,
    imageInput: input.image_tokens,
    imageOutput: output.image_tokens,
  };
  const told = Object.entries(more).filter(([, value]) => typeof value === 'number');
  return {
    input: count(usage.input_tokens),
    output: count(usage.output_tokens),
    ...Object.fromEntries(told.map(([name, value]) => [name, count(value)])),
  };
}

export function writeCounts(counts: Partial<TokenCounts>): Fields {
  const { input = 0, output = 0, cached = 0, cacheWritten = 0, reasoning = 0 } = counts;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: cached,
      cache_write_tokens: cacheWritten,
      ...told('audio_tokens', counts.audioInput),
      ...told('image_tokens', counts.imageInput),
    },
    output_tokens: output,
    output_tokens_details: {
      reasoning_tokens: reasoning,
      ...told('audio_tokens', counts.audioOutput),
      ...told('image_tokens', counts.imageOutput),
    },
    total_tokens: input + output,
  };
}

function told(name: string, value: number | undefined): Fields {
  return value === undefined ? {} : { [name]: value };
}
