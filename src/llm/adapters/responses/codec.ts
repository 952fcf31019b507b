import type { Codec } from '../../conversation/codec.js';
import { writeFault } from '../openai-faults.js';
import { readFault } from './errors.js';
import { readRequest } from './read-request.js';
import { readReply } from './read-response.js';
import { readStream } from './read-stream.js';
import { writeRequest } from './write-request.js';
import { writeReply } from './write-response.js';
import { writeStream } from './write-stream.js';

/** OpenAI's Responses, and those who took them over. */
export const responsesCodec: Codec = {
  dialect: 'responses',
  readRequest,
  writeRequest,
  readReply,
  writeReply,
  readStream,
  writeStream,
  readFault,
  writeFault,
};
