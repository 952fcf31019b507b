/*
 * The bodies of the operations whose requests are checked, in the words of the providers' own SDKs; `make.mjs` makes
 * schemas of them.
 */

import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions/completions';
import type { CompletionCreateParamsNonStreaming } from 'openai/resources/completions';
import type { EmbeddingCreateParams } from 'openai/resources/embeddings';
import type { ImageEditParamsNonStreaming, ImageGenerateParamsNonStreaming } from 'openai/resources/images';
import type { ModerationCreateParams } from 'openai/resources/moderations';
import type { ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses';
import type { SpeechCreateParams } from 'openai/resources/audio/speech';
import type { TranscriptionCreateParamsNonStreaming } from 'openai/resources/audio/transcriptions';
import type { TranslationCreateParams } from 'openai/resources/audio/translations';
import type {
  MessageCountTokensParams,
  MessageCreateParamsNonStreaming,
} from '@anthropic-ai/sdk/resources/messages/messages';
import type * as google from '@google/genai';

/** The SDKs tell streams from answers in one piece by type; on the wire it is one body. */
type Body<T, Without extends string = never> = Omit<T, 'stream' | Without> & { stream?: boolean | null };

export type Chat = Body<ChatCompletionCreateParamsNonStreaming>;
export type Completions = Body<CompletionCreateParamsNonStreaming>;
export type Embeddings = EmbeddingCreateParams;
export type ImageGenerations = Body<ImageGenerateParamsNonStreaming>;
export type Moderations = ModerationCreateParams;
export type Responses = Body<ResponseCreateParamsNonStreaming>;
export type Speech = SpeechCreateParams;

/** Files are parts of a form. */
export type ImageEdits = Body<ImageEditParamsNonStreaming, 'image' | 'mask' | 'markup'> & {
  image: unknown;
  mask?: unknown;
};
export type Transcriptions = Body<TranscriptionCreateParamsNonStreaming, 'file'> & { file: unknown };
export type Translations = Omit<TranslationCreateParams, 'file'> & { file: unknown };

export type CountTokens = MessageCountTokensParams;
/** Models up to Claude Opus 4.6 sample as told; the SDK's types have left that out since 1.0. */
export type Messages = Body<MessageCreateParamsNonStreaming> & {
  temperature?: number;
  top_k?: number;
  top_p?: number;
};

/** The fields that the SDK's `generateContentConfigToMldev` puts inside it. */
export interface GeminiConfig extends google.GenerationConfig {
  imageConfig?: google.ImageConfig;
}

/** The fields that the SDK's `generateContentConfigToMldev` puts beside the generation config. */
export interface GenerateContentRequest {
  /** Required. */
  contents: google.Content[];
  model?: string;
  systemInstruction?: google.Content;
  tools?: google.Tool[];
  toolConfig?: google.ToolConfig;
  safetySettings?: google.SafetySetting[];
  generationConfig?: GeminiConfig;
  cachedContent?: string;
  serviceTier?: google.ServiceTier;
  labels?: Record<string, string>;
  store?: boolean;
}

/** https://ai.google.dev/api/tokens: contents, or a whole request that names its model. */
export interface CountTokensRequest {
  contents?: google.Content[];
  generateContentRequest?: GenerateContentRequest & { model: string };
}

/** https://ai.google.dev/api/embeddings */
export interface EmbedContentRequest {
  content: google.Content;
  model?: string;
  taskType?: string;
  title?: string;
  outputDimensionality?: number;
}

export interface BatchEmbedContentsRequest {
  requests: (EmbedContentRequest & { model: string })[];
}

/** The fields of the SDK's `generateImagesConfigToVertex`; https://ai.google.dev/gemini-api/docs/imagen */
export interface PredictRequest {
  instances: { prompt: string }[];
  parameters?: {
    negativePrompt?: string;
    sampleCount?: number;
    aspectRatio?: string;
    guidanceScale?: number;
    seed?: number;
    safetySetting?: google.SafetyFilterLevel;
    personGeneration?: google.PersonGeneration;
    includeSafetyAttributes?: boolean;
    includeRaiReason?: boolean;
    language?: google.ImagePromptLanguage;
    outputOptions?: { mimeType?: string; compressionQuality?: number };
    addWatermark?: boolean;
    sampleImageSize?: string;
    enhancePrompt?: boolean;
  };
}
