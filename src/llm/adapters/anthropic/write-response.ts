import type { ReplyContext } from '../../conversation/codec.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Candidate, Reply } from '../../conversation/reply.js';
import { wordsForNothing, writeFinish } from './finish.js';
import { layOver } from './read-response.js';
import { writeReplyBlocks } from './reply-blocks.js';
import { writeCounts } from './usage.js';

const NOTHING: Candidate = { index: 0, parts: [], finish: { reason: 'other' } };

/** The answer as a client of Anthropic reads it; it cannot ask for more than one candidate. */
export function writeReply(reply: Reply, { requestId, conversation }: ReplyContext): Fields {
  const { parts, finish } = reply.candidates[0] ?? NOTHING;
  const content = parts.flatMap(writeReplyBlocks);
  const words = content.length === 0 ? wordsForNothing(finish) : undefined;
  if (words !== undefined) content.push({ type: 'text', text: words });
  const { side, usage } = layOver(reply.extras?.anthropic, writeCounts(reply.usage));
  return {
    id: messageId(reply.id, requestId),
    type: 'message',
    role: 'assistant',
    model: reply.model || conversation.model,
    content,
    ...writeFinish(finish, new Set(parts.map(({ kind }) => kind))),
    ...side,
    usage,
  };
}

export function messageId(id: string, requestId: string): string {
  return id === '' ? `msg_${requestId}` : id;
}
