import type { Codec } from '../../conversation/codec.js';
import { readFault, writeFault } from './errors.js';
import { readRequest } from './read-request.js';
import { readReply } from './read-response.js';
import { MessageReader } from './read-stream.js';
import { mustFetch } from './write-media.js';
import { writeRequest } from './write-request.js';
import { writeReply } from './write-response.js';
import { MessageWriter } from './write-stream.js';

export const anthropicCodec: Codec = {
  dialect: 'anthropic',
  readRequest,
  writeRequest,
  mustFetch,
  readReply,
  writeReply,
  readStream: () => new MessageReader(),
  writeStream: (context) => new MessageWriter(context),
  readFault,
  writeFault,
};
