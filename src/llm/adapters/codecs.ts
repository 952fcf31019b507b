import type { Codec } from '../conversation/codec.js';
import type { Dialect } from '../conversation/dialect.js';
import { anthropicCodec } from './anthropic/codec.js';
import { geminiCodec } from './gemini/codec.js';
import { chatCodec } from './openai/codec.js';
import { responsesCodec } from './responses/codec.js';

/** The one list of dialects: how each is read and written. */
export const CODECS: Readonly<Record<Dialect, Codec>> = {
  chat: chatCodec,
  responses: responsesCodec,
  anthropic: anthropicCodec,
  gemini: geminiCodec,
};
