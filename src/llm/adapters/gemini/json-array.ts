/**
 * Turns what a stream writer of this dialect wrote into the one JSON list that Gemini streams to callers who did
 * not ask for `alt=sse`: each event an element. https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export class JsonArrayStream {
  private begun = false;

  /** @param events whole server-sent events, each one `data:` line and a blank one */
  write(events: string): string {
    let out = '';
    for (const event of events.split(/\r?\n\r?\n/)) {
      if (!event.startsWith('data: ')) continue;
      out += (this.begun ? ',\r\n' : '[') + event.slice('data: '.length);
      this.begun = true;
    }
    return out;
  }

  /** Behind the last event of a complete answer; a broken one stays open. */
  end(): string {
    return this.begun ? ']' : '[]';
  }
}
