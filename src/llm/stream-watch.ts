import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { KeywheelError } from '../kernel/errors.js';
import type { Verdict } from '../kernel/verdict.js';
import type { Usage } from '../proxy/call.js';
import type { ReplyWatch } from '../proxy/plan.js';
import type { Letters } from '../proxy/wire/letters.js';
import type { Adapter } from './adapters/adapter.js';
import type { AnswerListener } from './answer-listener.js';
import { EMPTY, emptyAnswer } from './empty-answer.js';
import { endsEvent, firstEnd, wholeEvents } from './whole-events.js';

/** An event longer than this is not looked at: generated images travel in events too. */
const LONGEST_EVENT = 1024 * 1024;
/** A piece with so many bytes holds many events; to read few of them costs less than to look whether one must. */
const LARGE = 2048;

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
  /** Absent where every event has to be read. */
  private readonly telling: RegExp | undefined;
  /** What comes next is a new event. */
  private isFresh = true;
  private pending = 0;

  constructor(
    private readonly adapter: Adapter,
    operation: string,
    private readonly listener?: AnswerListener,
  ) {
    this.hasEnd = adapter.hasEnd(operation);
    this.complete = !this.hasEnd;
    this.telling = listener ? undefined : adapter.telling[operation];
    this.parser = createParser({ onEvent: (event) => this.read(event.event, event.data) });
  }

  pass(chunk: Buffer, letters: Letters): Buffer {
    const { telling } = this;
    if (telling && chunk.length >= LARGE) this.skim(chunk, telling, letters);
    else this.feed(chunk);
    this.isFresh = endsEvent(chunk);
    return chunk;
  }

  /** Reads events until the answer has begun. @returns what is left of them */
  private begin(chunk: Buffer): Buffer {
    let rest = chunk;
    while (!this.begun && !this.failure) {
      const end = firstEnd(rest);
      if (end === -1) return rest;
      this.feed(rest.subarray(0, end));
      this.isFresh = true;
      rest = rest.subarray(end);
    }
    return rest;
  }

  /** Passes over events that tell nothing. One that began before, and one that ends later, are read all the same. */
  private skim(chunk: Buffer, telling: RegExp, letters: Letters): void {
    const events = this.begin(chunk);
    if (!this.begun) return this.feed(events);
    const text = letters.of(chunk).slice(chunk.length - events.length);
    const mute = wholeEvents(events, this.isFresh, firstOf(telling, text));
    if (!mute) return this.feed(events);
    this.feed(events.subarray(0, mute.from));
    this.pending = 0;
    this.feed(events.subarray(mute.to));
  }

  private feed(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.pending += bytes.length;
    this.parser.feed(this.decoder.write(bytes));
    if (this.pending > LONGEST_EVENT) this.skip();
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

/** Where the first place stands that tells something; the text's length where none does. */
function firstOf(telling: RegExp, text: string): number {
  const place = text.search(telling);
  return place === -1 ? text.length : place;
}
