import type { Codec } from '../../conversation/codec.js';
import { writeFault } from '../openai-faults.js';
import { readFault } from './errors.js';
import { readRequest } from './read-request.js';
import { readReply } from './read-response.js';
import { readStream } from './read-stream.js';
import { writeRequest } from './write-request.js';
import { writeReply } from './write-response.js';
import { writeStream } from './write-stream.js';

/** OpenAI's Chat Completions, and those who took it over. */
export const chatCodec: Codec = {
  dialect: 'chat',
  readRequest,
  writeRequest,
  readReply,
  writeReply,
  readStream,
  writeStream,
  readFault,
  writeFault,
  // Chat Completions take URLs of images only: https://platform.openai.com/docs/api-reference/chat/create
  mustFetch: ({ media }) => media !== 'image',
};
