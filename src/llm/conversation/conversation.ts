import type { Extras, Fields } from './dialect.js';
import type { Part } from './parts.js';
import type { Tool, ToolChoice } from './tools.js';

/** What an app asks of a model, whatever the protocol it was asked in. */
export interface Conversation {
  /** As the caller names it. */
  readonly model: string;
  readonly stream: boolean;
  /** Instructions that stand before all messages: texts, as a rule, each with its own cache mark. */
  readonly system: readonly Part[];
  /** In order; neighbours may have the same role. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** Whether one answer may hold several calls; absent: the provider's default. */
  readonly parallelCalls?: boolean;
  readonly output?: OutputFormat;
  /** What the answer may be made of; absent: text. */
  readonly modalities?: readonly Modality[];
  /** How a spoken answer is to sound. */
  readonly speech?: Speech;
  readonly sampling: Sampling;
  readonly thinking?: Thinking;
  /** An id of the caller's end user, for the provider's abuse detection. */
  readonly user?: string;
  /** Names calls that share a beginning, for the provider's prompt cache. */
  readonly cacheKey?: string;
  /** Free labels of the caller, text to text. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The caller wants the counts in the stream; they are recorded anyway. */
  readonly usageInStream?: boolean;
  readonly extras?: Extras;
}

export interface Message {
  /**
   * `system` and `developer`: instructions that come between other messages (those before all of them are in
   * `Conversation.system`) · `tool`: results of calls only.
   */
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  /** Of the participant, where the caller tells them apart. */
  readonly name?: string;
  readonly parts: readonly Part[];
  readonly extras?: Extras;
}

export type Modality = 'text' | 'image' | 'audio';

export interface Speech {
  readonly voice?: string;
  /** `wav`, `mp3`, `pcm16` … */
  readonly format?: string;
}

/** `json`: any JSON object · `schema`: JSON that fits this JSON Schema. */
export type OutputFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | {
      readonly kind: 'schema';
      readonly name?: string;
      readonly description?: string;
      /** JSON Schema, as the caller wrote it. */
      readonly schema: Fields;
      /** The provider is to guarantee the fit, rather than try. */
      readonly strict?: boolean;
    };

export interface Sampling {
  /** Tokens the answer may have, thoughts included where the provider counts them so. */
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly stop?: readonly string[];
  /** Answers to choose from; absent: one. */
  readonly candidates?: number;
  readonly logprobs?: boolean;
  /** How many alternatives of each token to tell, 0 to 20. */
  readonly topLogprobs?: number;
}

export const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
/** How hard to think, from not at all. */
export type Effort = (typeof EFFORTS)[number];

/** Whether and how hard a model thinks before it answers. Absent as a whole: the provider's default. */
export interface Thinking {
  /** As a level; callers that speak of effort set it. */
  readonly effort?: Effort;
  /** Tokens it may think; 0: none, -1: as the model sees fit. Callers that speak of budgets set it. */
  readonly budget?: number;
  /** The model decides by itself whether to think (Anthropic's `adaptive`). */
  readonly adaptive?: boolean;
  /** Whether thoughts come back in the answer; absent: the provider's default. */
  readonly shown?: boolean;
}
