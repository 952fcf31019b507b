import { KeywheelError } from '../../../kernel/errors.js';
import type { Codec } from '../../conversation/codec.js';

function missing(): never {
  throw new KeywheelError('translation_unavailable', 'This translation is not available yet.');
}

export const responsesCodec: Codec = {
  dialect: 'responses',
  readRequest: missing,
  writeRequest: missing,
  readReply: missing,
  writeReply: missing,
  readStream: missing,
  writeStream: missing,
  readFault: missing,
  writeFault: missing,
};
