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

/**
 * Watches a stream of server-sent events pass by. It reads a letter for each byte, as the key's mask does: that shows
 * names, numbers and structure as they are, and costs no decoding.
 */
export class StreamWatch implements ReplyWatch {
  begun = false;
  complete: boolean;
  failure: Verdict | undefined;
  error: KeywheelError | undefined;
  usage: Usage | undefined;
  private readonly parser: EventSourceParser;
  private readonly hasEnd: boolean;
  /** Absent where every event has to be read. */
  private readonly telling: readonly string[] | undefined;
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
    const text = letters.of(chunk);
    if (telling && text.length >= LARGE) this.skim(text, telling);
    else this.feed(text);
    this.isFresh = endsEvent(text);
    return chunk;
  }

  /** Reads events until the answer has begun. @returns what is left of them */
  private begin(text: string): string {
    let rest = text;
    while (!this.begun && !this.failure) {
      const end = firstEnd(rest);
      if (end === -1) return rest;
      this.feed(rest.slice(0, end));
      this.isFresh = true;
      rest = rest.slice(end);
    }
    return rest;
  }

  /** Passes over events that tell nothing. One that began before, and one that ends later, are read all the same. */
  private skim(text: string, telling: readonly string[]): void {
    const events = this.begin(text);
    const mute = this.begun && wholeEvents(events, this.isFresh, firstOf(telling, events));
    if (!mute) return this.feed(events);
    this.feed(events.slice(0, mute.from));
    this.pending = 0;
    this.feed(events.slice(mute.to));
  }

  private feed(text: string): void {
    if (text === '') return;
    this.pending += text.length;
    this.parser.feed(text);
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

/** Where the first of these words stands; the text's length where none does. */
function firstOf(words: readonly string[], text: string): number {
  let first = text.length;
  for (const word of words) {
    const place = text.indexOf(word);
    if (place !== -1 && place < first) first = place;
  }
  return first;
}
