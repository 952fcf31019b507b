import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { KeywheelError } from '../../kernel/errors.js';
import { clientGone, declaredLength, tooLarge, type DispatchBody } from './call-body.js';

export interface StreamedBodyOptions {
  /** Most bytes that are read in all. */
  readonly limit: number;
  /** Most bytes kept for another attempt. */
  readonly keep: number;
  /** Told once, when nothing is kept any more. */
  readonly dropped?: () => void;
}

/**
 * A client's body that is sent on while it comes, with back-pressure both ways: a slow upstream slows the client
 * down. The first bytes are kept, so that another attempt can begin from the start as long as nothing but
 * these were read. One attempt reads at a time; a new one ends the one before.
 */
export class StreamedBody {
  /** Bytes, where the client said so. */
  readonly length: number | undefined;
  /** Why the body will never be complete: `body_too_large` or `client_gone`. Attempts end with it too. */
  failure: KeywheelError | undefined;
  private readonly limit: number;
  private readonly keep: number;
  private readonly dropped: (() => void) | undefined;
  private kept: Buffer[] | undefined = [];
  private read = 0;
  private complete = false;
  private current: AttemptBody | undefined;

  /** Throws `body_too_large` where Content-Length says so. Reads nothing before the first attempt. */
  constructor(
    private readonly req: IncomingMessage,
    options: StreamedBodyOptions,
  ) {
    this.length = declaredLength(req);
    this.limit = options.limit;
    this.keep = options.keep;
    this.dropped = options.dropped;
    if ((this.length ?? 0) > this.limit) throw tooLarge(this.limit);
    req.pause();
    req.on('data', this.onData).on('end', this.onEnd).on('error', this.onGone).on('close', this.onGone);
  }

  /** Whether another attempt can still send the whole body. */
  get replayable(): boolean {
    return this.kept !== undefined && this.failure === undefined;
  }

  /** Bytes held for another attempt. */
  get keptBytes(): number {
    return this.kept ? this.read : 0;
  }

  /** The body from its start. Throws where it is no longer `replayable`. */
  forDispatch(): DispatchBody {
    if (this.failure) throw this.failure;
    if (!this.kept) throw new Error('The body was not kept for another attempt.');
    this.current?.destroy();
    this.current = new AttemptBody(this.kept, this.complete, this.source);
    return this.current;
  }

  /** No further attempt: what was kept is let go. The attempt under way goes on. */
  forget(): void {
    if (!this.kept) return;
    this.kept = undefined;
    this.dropped?.();
  }

  /**
   * Nobody wants the rest: throws away what still comes, so that the connection can serve its next request.
   * For a client that may have much left to send, close the connection instead.
   */
  discard(): void {
    this.forget();
    this.current?.destroy();
    this.detach();
    this.req.resume();
  }

  private readonly source = {
    wanted: (by: AttemptBody): void => {
      if (by === this.current && !this.complete) this.req.resume();
    },
    left: (by: AttemptBody): void => {
      if (by !== this.current) return;
      this.current = undefined;
      if (!this.complete) this.req.pause();
    },
  };

  private readonly onData = (chunk: Buffer): void => {
    this.read += chunk.length;
    if (this.read > this.limit) return this.fail(tooLarge(this.limit));
    if (this.read > this.keep) this.forget();
    this.kept?.push(chunk);
    if (this.current?.accept(chunk) !== true) this.req.pause();
  };

  private readonly onEnd = (): void => {
    this.complete = true;
    this.detach();
    this.current?.finish();
  };

  private readonly onGone = (cause?: unknown): void => this.fail(clientGone(cause));

  private fail(failure: KeywheelError): void {
    this.failure = failure;
    this.forget();
    this.detach();
    this.req.pause();
    this.current?.destroy(failure);
  }

  private detach(): void {
    this.req
      .off('data', this.onData)
      .off('end', this.onEnd)
      .off('error', this.onGone)
      .off('close', this.onGone);
    // A client that leaves later must not bring the process down.
    this.req.on('error', () => undefined);
  }
}

interface Source {
  wanted(by: AttemptBody): void;
  left(by: AttemptBody): void;
}

/** The body as one attempt reads it: first what was kept, then what comes. */
class AttemptBody extends Readable {
  private replayed = 0;
  private readonly replay: Buffer[];

  constructor(
    kept: readonly Buffer[],
    private complete: boolean,
    private readonly source: Source,
  ) {
    super({ highWaterMark: 64 * 1024 });
    this.replay = kept.slice();
    // The body may end in an error before undici listens, or after it has stopped to.
    this.on('error', () => undefined);
  }

  /** A live chunk, behind what is still to be replayed. False when there is enough for now. */
  accept(chunk: Buffer): boolean {
    if (this.replayed === this.replay.length) return this.push(chunk);
    this.replay.push(chunk);
    return false;
  }

  /** Nothing more comes from the client: its end may be told while the replay is still under way. */
  finish(): void {
    this.complete = true;
    if (this.replayed === this.replay.length) this.push(null);
  }

  override _read(): void {
    while (this.replayed < this.replay.length) {
      if (!this.push(this.replay[this.replayed++])) return;
    }
    if (this.complete) this.push(null);
    else this.source.wanted(this);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.source.left(this);
    done(error);
  }
}
