import type { TokenCounts } from '../../conversation/reply.js';

/** A picture as a model gave it. */
export interface MadeImage {
  /** Base64. */
  readonly data: string;
  readonly mime: string;
}

export interface MadeImages {
  /** At least one. */
  readonly images: readonly MadeImage[];
  readonly usage: TokenCounts | undefined;
}

/** https://platform.openai.com/docs/api-reference/images/object */
export function usageFields({ input, output, imageInput = 0 }: TokenCounts): object {
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: { image_tokens: imageInput, text_tokens: Math.max(0, input - imageInput) },
  };
}
