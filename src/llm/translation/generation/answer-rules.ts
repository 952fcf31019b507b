import type { ReplyRules } from '../../../proxy/plan.js';
import type { Adapter } from '../../adapters/adapter.js';
import type { Codec } from '../../conversation/codec.js';
import type { Reply } from '../../conversation/reply.js';
import type { ReplySink } from './reply-sink.js';
import { StreamTranslation } from './stream-translation.js';
import { WholeTranslation } from './whole-translation.js';

/** One side of a translation: the wire protocol, and the dialect of it that is written. */
export interface Side {
  readonly adapter: Adapter;
  readonly codec: Codec;
  /** Of an upstream whose answer is no JSON. */
  readonly readBytes?: (bytes: Buffer) => Reply;
}

/** What the caller is to get. */
export interface WantedAnswer {
  readonly caller: Side;
  readonly requestId: string;
  /** Of the caller's path. */
  readonly operation: string;
  /** A stream of events, a stream that is one JSON array (Gemini's, without `alt=sse`), or one piece. */
  readonly kind: 'events' | 'array' | 'whole';
  /** A new one for each attempt. */
  sink(): ReplySink;
}

const CONTENT_TYPES: Readonly<Record<WantedAnswer['kind'], string>> = {
  events: 'text/event-stream; charset=utf-8',
  array: 'application/json; charset=utf-8',
  whole: 'application/json; charset=utf-8',
};

/**
 * How an answer of another protocol is judged as its own, held like its own, and written for the caller. Whether
 * the upstream streams does not matter: each kind of answer becomes the kind that the caller asked for.
 */
export function answerRules(upstream: Side, wanted: WantedAnswer): ReplyRules {
  const { caller, requestId, operation, kind } = wanted;
  return {
    judge: upstream.adapter.judge,
    hold: (contentType) => (kind !== 'whole' && isEvents(contentType) ? 'event' : 'whole'),
    watch: (contentType) =>
      isEvents(contentType)
        ? new StreamTranslation(
            upstream.adapter,
            upstream.codec.readStream(),
            wanted.sink(),
            kind === 'whole',
          )
        : new WholeTranslation(upstream.codec, wanted.sink(), upstream.readBytes),
    breakEvent: (error, id) => `\n\n${caller.adapter.breakEvent(error, id, operation)}`,
    contentType: CONTENT_TYPES[kind],
    rewriteError: (status, body) => {
      const fault = upstream.codec.readFault(status, body);
      return Buffer.from(JSON.stringify(caller.codec.writeFault(fault, requestId)));
    },
    errorEvent: (status, body) => {
      const sink = wanted.sink();
      sink.add({ type: 'fault', fault: upstream.codec.readFault(status, body) });
      return sink.take().toString('utf8');
    },
  };
}

function isEvents(contentType: string): boolean {
  return contentType.startsWith('text/event-stream');
}
