/* Answers whole and streamed, in the words of the providers' own SDKs; `make.mjs` makes schemas of them. */

import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions/completions';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { Message, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages/messages';
import type * as google from '@google/genai';

export type ChatAnswer = ChatCompletion;
export type ChatEvent = ChatCompletionChunk;
export type ResponsesAnswer = Response;
export type ResponsesEvent = ResponseStreamEvent;

export type MessagesAnswer = Message;
/** The SDK keeps signs of life to itself. */
export type MessagesEvent = RawMessageStreamEvent | { type: 'ping' };

/** The data of the SDK's class of this name. */
export interface GeminiAnswer {
  candidates?: google.Candidate[];
  createTime?: string;
  modelVersion?: string;
  promptFeedback?: google.GenerateContentResponsePromptFeedback;
  responseId?: string;
  usageMetadata?: google.GenerateContentResponseUsageMetadata;
}
