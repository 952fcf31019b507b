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

const NOTHING = Buffer.alloc(0);

/** The caller asked for a stream. */
export class StreamSink implements ReplySink {
  private text = '';
  private readonly writer: StreamWriter;

  constructor(codec: Codec, context: ReplyContext) {
    this.writer = codec.writeStream(context);
  }

  add(event: ReplyEvent): boolean {
    this.text += this.writer.write(event);
    return true;
  }

  addWhole(reply: Reply): void {
    for (const event of scatter(reply)) this.add(event);
  }

  flush(): void {
    // Whatever is to be written was, when it came.
  }

  take(): Buffer {
    if (this.text === '') return NOTHING;
    const bytes = Buffer.from(this.text);
    this.text = '';
    return bytes;
  }
}

/** The caller asked for the answer in one piece. */
export class WholeSink implements ReplySink {
  private readonly gathering = new Gathering();
  private bytes = NOTHING;

  constructor(
    private readonly codec: Codec,
    private readonly context: ReplyContext,
  ) {}

  /** Nothing has been sent, so a fault cannot be told here. */
  add(event: ReplyEvent): boolean {
    this.gathering.add(event);
    return false;
  }

  addWhole(reply: Reply): void {
    this.bytes = Buffer.from(JSON.stringify(this.codec.writeReply(reply, this.context)));
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
