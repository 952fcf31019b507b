import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { KeywheelError } from '../../../kernel/errors.js';
import { upstreamFault } from '../../../kernel/judging.js';
import type { Verdict } from '../../../kernel/verdict.js';
import type { Usage } from '../../../proxy/call.js';
import type { ReplyWatch } from '../../../proxy/plan.js';
import type { Adapter, StreamEvent } from '../../adapters/adapter.js';
import type { StreamReader } from '../../conversation/codec.js';
import type { ReplyEvent } from '../../conversation/reply-events.js';
import { LARGEST_ANSWER, TOO_LARGE, tooLarge } from '../largest-answer.js';
import type { ReplySink } from './reply-sink.js';
import { usageOf } from './usage-of.js';

/**
 * Reads a stream of the upstream's dialect and has it written in the caller's: each event leaves in the same turn
 * in which it came.
 */
export class StreamTranslation implements ReplyWatch {
  begun = false;
  complete = false;
  told = false;
  failure: Verdict | undefined;
  error: KeywheelError | undefined;
  usage: Usage | undefined;
  private readonly decoder = new StringDecoder('utf8');
  private readonly parser: EventSourceParser;
  private pending = 0;
  private bytes = 0;

  constructor(
    private readonly adapter: Pick<Adapter, 'judgeEvent'>,
    private readonly reader: StreamReader,
    private readonly sink: ReplySink,
    /** The caller gets one piece, which is held until the end. */
    private readonly isGathered = false,
  ) {
    this.parser = createParser({ onEvent: ({ event, data }) => this.read({ event, data }) });
  }

  pass(chunk: Buffer): Buffer {
    if (this.over) return NOTHING;
    this.pending += chunk.length;
    this.bytes += chunk.length;
    // The event that they complete, if they do, is not read before that is known.
    if (this.pending > LARGEST_ANSWER || (this.isGathered && this.bytes > LARGEST_ANSWER)) this.giveUp();
    else this.parser.feed(this.decoder.write(chunk));
    return this.sink.take();
  }

  flush(): Buffer {
    this.sink.flush();
    return this.sink.take();
  }

  private get over(): boolean {
    return this.failure !== undefined || this.told;
  }

  private read(event: StreamEvent): void {
    this.pending = 0;
    if (this.over) return;
    if (!this.begun) this.failure = this.adapter.judgeEvent(event.data, Date.now());
    for (const news of this.reader.read(event)) this.tell(news);
    if (this.failure) this.error ??= broken('The upstream failed at the beginning of its answer.');
  }

  private tell(news: ReplyEvent): void {
    if (news.type === 'fault') return this.fail(news.fault.message, news);
    if (this.failure) return;
    if (news.type === 'usage') this.usage = usageOf(news.usage, this.usage);
    if (news.type === 'end') this.complete = true;
    if (begins(news)) this.begun = true;
    this.sink.add(news);
  }

  private giveUp(): void {
    this.parser.reset();
    const error = tooLarge();
    this.fail(error.message);
    if (this.told) return;
    this.failure = TOO_LARGE;
    this.error = error;
  }

  /** While the caller has had nothing, another attempt may do better; later on the caller is told. */
  private fail(message: string, news?: ReplyEvent): void {
    this.complete = false;
    this.told = this.begun && this.sink.add(news ?? { type: 'fault', fault: { status: 502, message } });
    if (this.told) return;
    this.failure ??= upstreamFault('stream_broken');
    this.error ??= broken(message);
  }
}

const NOTHING = Buffer.alloc(0);

function begins(news: ReplyEvent): boolean {
  if (news.type === 'delta') return news.text !== '';
  return news.type === 'whole' || news.type === 'finish' || (news.type === 'open' && news.kind === 'call');
}

function broken(message: string): KeywheelError {
  return new KeywheelError('upstream_broken', message);
}
