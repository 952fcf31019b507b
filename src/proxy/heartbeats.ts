import type { Call } from './call.js';
import type { Heartbeat } from './plan.js';

/** Silence before the first sign of life. Failures that show sooner still get a status of their own. */
const FIRST_MS = 1000;
/** Between signs of life; proxies between us and the client hang up after 30 s or more. */
const EVERY_MS = 5000;

/**
 * Keeps a client company that waits for a stream, while its upstream makes the whole answer at once. With the first
 * sign of life the head is out: what fails from there on can only be told as an event.
 */
export class Heartbeats {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly call: Call,
    private readonly heartbeat: Heartbeat,
  ) {
    this.timer = setTimeout(this.beat, Math.max(0, FIRST_MS - call.elapsedMs()));
  }

  /** No more of them; for good. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private readonly beat = (): void => {
    const { res } = this.call;
    if (res.destroyed || this.call.stopped) return this.stop();
    if (!res.headersSent) this.sendHead();
    // A client that reads nothing needs no more of them.
    if (!res.writableNeedDrain) res.write(this.heartbeat.text);
    this.timer = setTimeout(this.beat, EVERY_MS);
  };

  /** Which upstream and key will have answered is not known yet. */
  private sendHead(): void {
    const { call } = this;
    const { contentType } = this.heartbeat;
    call.streamed = contentType.startsWith('text/event-stream');
    call.res.writeHead(200, [
      'content-type',
      contentType,
      'cache-control',
      'no-cache',
      'x-accel-buffering',
      'no',
      'x-request-id',
      call.id,
    ]);
  }
}
