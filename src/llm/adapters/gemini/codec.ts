import type { Codec } from '../../conversation/codec.js';
import { readFault, writeFault } from './errors.js';
import { mustFetch } from './media.js';
import { readRequest } from './read-request.js';
import { readReply } from './read-response.js';
import { GeminiStreamReader } from './read-stream.js';
import { writeRequest } from './write-request.js';
import { writeReply } from './write-response.js';
import { GeminiStreamWriter } from './write-stream.js';

/** `generateContent` and `streamGenerateContent`, of the Gemini API and of Vertex AI. */
export const geminiCodec: Codec = {
  dialect: 'gemini',
  readRequest,
  writeRequest,
  readReply,
  writeReply,
  readStream: () => new GeminiStreamReader(),
  writeStream: (context) => new GeminiStreamWriter(context),
  readFault,
  writeFault,
  mustFetch,
};
