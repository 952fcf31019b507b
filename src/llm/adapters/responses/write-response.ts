import type { ReplyContext } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Reply } from '../../conversation/reply.js';
import { scatter } from '../../conversation/scatter.js';
import { ResponseWriter } from './write-stream.js';

/**
 * https://platform.openai.com/docs/api-reference/responses/object. Made of the events of a stream, so that the same
 * answer has the same items and ids however it comes.
 */
export function writeReply(reply: Reply, context: ReplyContext): Fields {
  const writer = new ResponseWriter(context);
  const [first] = reply.candidates;
  // In a stream they come with their text, here behind everything: they are told first.
  const { logprobs, ...candidate } = first ?? {};
  const candidates = first ? [{ ...candidate, index: 0, parts: first.parts, finish: first.finish }] : [];
  for (const event of scatter({ ...reply, candidates })) {
    writer.write(event);
    if (event.type === 'start' && logprobs)
      writer.write({ type: 'logprobs', candidate: 0, tokens: logprobs });
  }
  return writer.response!;
}
