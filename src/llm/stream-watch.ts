import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { Verdict } from '../kernel/verdict.js';
import type { Usage } from '../proxy/call.js';
import type { ReplyWatch } from '../proxy/plan.js';
import type { Adapter } from './adapters/adapter.js';

/** An event longer than this is not looked at: generated images travel in events too. */
const LONGEST_EVENT = 1024 * 1024;

/** Watches a stream of server-sent events pass by. */
export class StreamWatch implements ReplyWatch {
  begun = false;
  complete: boolean;
  failure: Verdict | undefined;
  usage: Usage | undefined;
  private readonly decoder = new StringDecoder('utf8');
  private readonly parser: EventSourceParser;
  private pending = 0;

  constructor(
    private readonly adapter: Adapter,
    operation: string,
  ) {
    this.complete = !adapter.hasEnd(operation);
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
    if (facts.ends) this.complete = true;
    if (facts.usage) this.usage = { input: 0, output: 0, cached: 0, ...this.usage, ...facts.usage };
  }

  /** What is too long to be held is taken for a part of the answer, unread. */
  private skip(): void {
    this.begun = true;
    this.pending = 0;
    this.parser.reset();
  }
}
