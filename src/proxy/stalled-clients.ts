import type { IncomingMessage, ServerResponse } from 'node:http';

/** Of a body, within the patience; less is no upload but a connection that is held. */
const LEAST_BYTES = 1024;
const LONGEST_PAUSE_MS = 5_000;

/** The part of a call that this looks at. */
export interface Visited {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
}

interface Mark {
  readonly what: 'body' | 'answer';
  readonly since: number;
  readonly bytes: number;
}

/**
 * Hangs up on clients that hold a call without taking part in it: a body of which next to nothing comes, an answer
 * that nobody reads. Calls wait for upstreams as long as they like, and uploads may take their time.
 */
export class StalledClients {
  private readonly marks = new WeakMap<Visited, Mark>();
  /** Calls that have ended, whose answers have not left. */
  private readonly leaving = new Set<Visited>();

  constructor(
    private readonly open: () => Iterable<Visited>,
    private readonly patienceMs: () => number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  start(): void {
    const pause = Math.min(LONGEST_PAUSE_MS, this.patienceMs() / 4);
    setTimeout(() => {
      this.look();
      this.start();
    }, pause).unref();
  }

  /**
   * A call has ended; where much of its answer has still to leave, it is looked at further. A small answer is
   * always on its way at this moment: to keep those would keep all calls of the last seconds.
   */
  ended({ req, res }: Visited): void {
    if (res.writableLength > res.writableHighWaterMark) this.leaving.add({ req, res });
  }

  look(): void {
    const patience = this.patienceMs();
    for (const visited of this.open()) this.lookAt(visited, patience);
    for (const visited of this.leaving) {
      if (visited.res.writableFinished || visited.res.destroyed) this.leaving.delete(visited);
      else this.lookAt(visited, patience);
    }
  }

  private lookAt(visited: Visited, patience: number): void {
    const what = waitingFor(visited);
    if (!what) return void this.marks.delete(visited);
    const now = this.now();
    const bytes = what === 'body' ? visited.req.socket.bytesRead : sentBytes(visited.res);
    const mark = this.marks.get(visited);
    const enough = what === 'body' ? LEAST_BYTES : 1;
    if (mark?.what !== what || bytes - mark.bytes >= enough)
      this.marks.set(visited, { what, since: now, bytes });
    else if (now - mark.since >= patience) hangUp(visited, what);
  }
}

/** What the client is to do next; undefined where it is not the client whom the call waits for. */
function waitingFor({ req, res }: Visited): Mark['what'] | undefined {
  if (res.writableLength > 0) return 'answer';
  // What has come and is not taken yet is the upstream's slowness, not the client's.
  return !req.complete && !res.headersSent && req.readableLength === 0 ? 'body' : undefined;
}

/** Node counts what waits to be sent as written. */
function sentBytes({ socket, writableLength }: ServerResponse): number {
  return (socket?.bytesWritten ?? 0) - writableLength;
}

function hangUp({ req, res }: Visited, what: Mark['what']): void {
  // As Node says it for a request that takes too long.
  if (what === 'body') req.socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  res.destroy();
  req.destroy();
}
