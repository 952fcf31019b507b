import type { ReplyRules } from '../../../proxy/plan.js';
import type { Adapter } from '../../adapters/adapter.js';
import type { Codec, ReplyContext } from '../../conversation/codec.js';
import { type ReplySink, StreamSink, WholeSink } from './reply-sink.js';
import { StreamTranslation } from './stream-translation.js';
import { WholeTranslation } from './whole-translation.js';

/** One side of a translation: the wire protocol, and the dialect of it that is written. */
export interface Side {
  readonly adapter: Adapter;
  readonly codec: Codec;
}

/**
 * How an answer of another protocol is judged as its own, held like its own, and written for the caller. Whether
 * the upstream streams does not matter: each kind of answer becomes the kind that the caller asked for.
 *
 * @param operation of the caller's path
 */
export function answerRules(
  caller: Side,
  upstream: Side,
  context: ReplyContext,
  operation: string,
): ReplyRules {
  const { stream } = context.conversation;
  const sink = (): ReplySink =>
    stream ? new StreamSink(caller.codec, context) : new WholeSink(caller.codec, context);
  return {
    judge: upstream.adapter.judge,
    hold: (contentType) => (stream && isEvents(contentType) ? 'event' : 'whole'),
    watch: (contentType) =>
      isEvents(contentType)
        ? new StreamTranslation(upstream.adapter, upstream.codec.readStream(), sink())
        : new WholeTranslation(upstream.codec, sink()),
    breakEvent: (error, requestId) => `\n\n${caller.adapter.breakEvent(error, requestId, operation)}`,
    contentType: stream ? 'text/event-stream; charset=utf-8' : 'application/json',
    rewriteError: (status, body) => {
      const fault = upstream.codec.readFault(status, body);
      return Buffer.from(JSON.stringify(caller.codec.writeFault(fault, context.requestId)));
    },
  };
}

function isEvents(contentType: string): boolean {
  return contentType.startsWith('text/event-stream');
}
