/** The end of a line and a line with nothing in it. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
const EVENT_END = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)/g;
/** Whole lines of comments: nothing has to be waited for to pass them on. */
const COMMENTS = /^(?::[^\r\n]*(?:\r\n|\n))+$/;
/** An event longer than this passes in parts. */
const LONGEST_EVENT = 1024 * 1024;
const NOTHING = Buffer.alloc(0);

/** Cuts the bytes of an event stream where events end, and changes none. */
export class EventCutter {
  private pending: Buffer = NOTHING;

  /** What is complete now: events with the empty line that ends them, and comments. */
  cut(chunk: Buffer): Buffer[] {
    const bytes = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const text = bytes.toString('latin1');
    const events: Buffer[] = [];
    let from = 0;
    for (const { index, 0: end } of text.matchAll(EVENT_END)) {
      events.push(bytes.subarray(from, index + end.length));
      from = index + end.length;
    }
    this.pending = bytes.subarray(from);
    if (this.pending.length > LONGEST_EVENT || COMMENTS.test(text.slice(from))) events.push(this.rest());
    return events;
  }

  /** What has come of an event that is not complete. */
  rest(): Buffer {
    const { pending } = this;
    this.pending = NOTHING;
    return pending;
  }
}
