import type { Fields } from '../../conversation/dialect.js';

/** Events of a stream, numbered in a row. https://platform.openai.com/docs/api-reference/responses-streaming */
export class Frames {
  private next = 0;

  event(type: string, fields: Fields): string {
    const data = JSON.stringify({ type, sequence_number: this.next++, ...fields });
    return `event: ${type}\ndata: ${data}\n\n`;
  }

  /** What stands before the number in events of one kind about one thing, so that only a text is left to be quoted. */
  prepare(type: string, place: Fields): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, ...place }).slice(0, -1)}`;
  }

  /** @param more of the event's fields, as JSON */
  delta(prepared: string, text: string, more = ''): string {
    return `${prepared},"sequence_number":${this.next++},"delta":${JSON.stringify(text)}${more}}\n\n`;
  }
}
