import type { Extras, Fields } from './dialect.js';
import type { Part } from './parts.js';

/** What a model answered, whatever the protocol it answered in. */
export interface Reply {
  readonly id: string;
  /** As the provider names it; empty where it does not. */
  readonly model: string;
  /** Epoch seconds; absent where the provider does not say. */
  readonly created?: number;
  /** At least one, in order of their index. */
  readonly candidates: readonly Candidate[];
  readonly usage?: TokenCounts;
  readonly extras?: Extras;
}

export interface Candidate {
  readonly index: number;
  readonly parts: readonly Part[];
  readonly finish: Finish;
  readonly logprobs?: readonly TokenLogprob[];
  readonly extras?: Extras;
}

export const FINISHES = [
  'stop',
  'stop_sequence',
  'length',
  'calls',
  'filtered',
  'refused',
  'context_full',
  'paused',
  'malformed_call',
  'other',
] as const;

/**
 * Why an answer ended. `stop`: the model was done · `stop_sequence`: it came upon one · `length`: maxTokens ·
 * `calls`: it waits for results · `filtered`: the provider withheld (the rest of) it, or refused the prompt ·
 * `refused`: the model would not · `context_full`: no room left in its window · `paused`: a long turn of the
 * provider's own tools, to be continued by sending it back · `malformed_call`: it tried to call and failed.
 */
export type FinishReason = (typeof FINISHES)[number];

export interface Finish {
  readonly reason: FinishReason;
  /** The word of the provider (`SAFETY`, `end_turn` …), for the same dialect and for messages to people. */
  readonly native?: string;
  readonly stopSequence?: string;
  /** In the provider's words. */
  readonly message?: string;
  /** More of what the provider says of it: safety ratings, a blocked prompt's feedback. */
  readonly details?: Fields;
}

/**
 * Counts of tokens in one meaning for all: `input` holds what was read from and written to a cache, `output` holds
 * what was thought. Absent: not told.
 */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  /** Of the input, read from the provider's cache. */
  readonly cached?: number;
  /** Of the input, written to it. */
  readonly cacheWritten?: number;
  /** Of those, kept for an hour. */
  readonly cacheWrittenLong?: number;
  /** Of the output. */
  readonly reasoning?: number;
  readonly audioInput?: number;
  readonly audioOutput?: number;
  readonly imageInput?: number;
  readonly imageOutput?: number;
  /** Of the input: what the provider's own tools brought (Gemini's `toolUsePromptTokenCount`). */
  readonly toolInput?: number;
  /** Searches that the provider ran. */
  readonly searches?: number;
}

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** UTF-8. */
  readonly bytes?: readonly number[];
  readonly top: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes?: readonly number[];
  }[];
}

/** What an upstream says where it refuses or fails, in one shape. */
export interface Fault {
  readonly status: number;
  readonly message: string;
  /** The provider's own machine word (`context_length_exceeded`, `RESOURCE_EXHAUSTED`, `overloaded_error`). */
  readonly code?: string;
  readonly param?: string;
}
