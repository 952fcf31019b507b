import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { KeywheelError } from '../kernel/errors.js';
import type { Verdict } from '../kernel/verdict.js';
import type { Usage } from '../proxy/call.js';
import type { ReplyWatch } from '../proxy/plan.js';
import type { Adapter } from './adapters/adapter.js';
import type { AnswerListener } from './answer-listener.js';
import { EMPTY, emptyAnswer } from './empty-answer.js';

/** An event longer than this is not looked at: generated images travel in events too. */
const LONGEST_EVENT = 1024 * 1024;

/** Watches a stream of server-sent events pass by. */
export class StreamWatch implements ReplyWatch {
  begun = false;
  complete: boolean;
  failure: Verdict | undefined;
  error: KeywheelError | undefined;
  usage: Usage | undefined;
  private readonly decoder = new StringDecoder('utf8');
  private readonly parser: EventSourceParser;
  private readonly hasEnd: boolean;
  private pending = 0;

  constructor(
    private readonly adapter: Adapter,
    operation: string,
    private readonly listener?: AnswerListener,
  ) {
    this.hasEnd = adapter.hasEnd(operation);
    this.complete = !this.hasEnd;
    this.parser = createParser({ onEvent: (event) => this.read(event.event, event.data) });
  }

  pass(chunk: Buffer): Buffer {
    this.pending += chunk.length;
    this.parser.feed(this.decoder.write(chunk));
    if (this.pending > LONGEST_EVENT) this.skip();
    return chunk;
  }

  private read(event: string | undefined, data: string): void {
    this.pending = 0;
    if (!this.begun) {
      this.failure ??= this.adapter.judgeEvent(data, Date.now());
      if (this.failure) return;
    }
    const facts = this.adapter.readEvent({ event, data });
    if (facts.begins) this.begun ||= facts.ends === true || !this.adapter.isEmpty({ event, data });
    if (facts.ends) this.end();
    this.listener?.(data, event);
    if (facts.usage) this.usage = { input: 0, output: 0, cached: 0, ...this.usage, ...facts.usage };
  }

  private end(): void {
    this.complete = true;
    if (this.begun) return;
    if (!this.hasEnd) this.begun = true;
    else {
      this.failure = EMPTY;
      this.error = emptyAnswer();
    }
  }

  /** What is too long to be held is taken for a part of the answer, unread. */
  private skip(): void {
    this.begun = true;
    this.pending = 0;
    this.parser.reset();
  }
}
