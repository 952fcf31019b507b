import type { Codec, ReplyContext, StreamWriter } from '../../conversation/codec.js';
import { Gathering } from '../../conversation/gather.js';
import type { Reply } from '../../conversation/reply.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { scatter } from '../../conversation/scatter.js';

/** Where an answer is written for the caller. */
export interface ReplySink {
  /** @returns whether a caller who has had a part of the answer now knows what the event says */
  add(event: ReplyEvent): boolean;
  addWhole(reply: Reply): void;
  /** The upstream has ended its answer. */
  flush(): void;
  /** What is to be sent now. */
  take(): Buffer;
}

export interface SinkOptions {
  /** A stream is one JSON array of its events' data. */
  readonly streamsArray: boolean;
  /** Hears of each whole answer. */
  readonly remember: ((reply: Reply) => void) | undefined;
}

/** The sink for what the caller asked for. */
export function makeSink(codec: Codec, context: ReplyContext, options: SinkOptions): ReplySink {
  if (!context.conversation.stream) return new WholeSink(codec, context, options.remember);
  const writer = codec.writeStream(context);
  return new StreamSink(options.streamsArray ? new ArrayWriter(writer) : writer, options.remember);
}

const NOTHING = Buffer.alloc(0);

/** The caller asked for a stream. */
class StreamSink implements ReplySink {
  private text = '';
  private readonly gathering: Gathering | undefined;

  constructor(
    private readonly writer: StreamWriter,
    private readonly remember: SinkOptions['remember'],
  ) {
    this.gathering = remember && new Gathering();
  }

  add(event: ReplyEvent): boolean {
    this.text += this.writer.write(event);
    this.gathering?.add(event);
    // Before the caller knows that the answer is over, since it may name it at once.
    if (event.type === 'end' && this.gathering) this.remember!(this.gathering.reply);
    return true;
  }

  addWhole(reply: Reply): void {
    for (const event of scatter(reply)) this.add(event);
  }

  flush(): void {
    // The end has been written with the event that told of it.
  }

  take(): Buffer {
    if (this.text === '') return NOTHING;
    const bytes = Buffer.from(this.text);
    this.text = '';
    return bytes;
  }
}

/** The caller asked for the answer in one piece. */
class WholeSink implements ReplySink {
  private readonly gathering = new Gathering();
  private bytes = NOTHING;

  constructor(
    private readonly codec: Codec,
    private readonly context: ReplyContext,
    private readonly remember: SinkOptions['remember'],
  ) {}

  /** Nothing has been sent, so a fault cannot be told here. */
  add(event: ReplyEvent): boolean {
    this.gathering.add(event);
    return false;
  }

  addWhole(reply: Reply): void {
    this.bytes = Buffer.from(JSON.stringify(this.codec.writeReply(reply, this.context)));
    this.remember?.(reply);
  }

  flush(): void {
    if (this.gathering.ended) this.addWhole(this.gathering.reply);
  }

  take(): Buffer {
    const { bytes } = this;
    this.bytes = NOTHING;
    return bytes;
  }
}

/** A text may hold U+2028, which ends a line for `.`, `^` and `$` but not for server-sent events. */
const EVENT = /(?:^|\n)data: ([^\r\n]*)/g;

/** Writes what would be server-sent events as the elements of one JSON array. */
class ArrayWriter implements StreamWriter {
  private isFirst = true;

  constructor(private readonly writer: StreamWriter) {}

  write(event: ReplyEvent): string {
    let text = '';
    for (const [, data] of this.writer.write(event).matchAll(EVENT)) {
      text += `${this.isFirst ? '[' : ',\n'}${data}`;
      this.isFirst = false;
    }
    if (event.type !== 'end') return text;
    return `${text}${this.isFirst ? '[]' : ']'}`;
  }
}
