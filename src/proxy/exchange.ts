// The global of that name is a getter, which costs each call several times.
import { performance } from 'node:perf_hooks';
import type { Transform } from 'node:stream';
import type { Dispatcher } from 'undici';
import { Batch } from '../kernel/batch.js';
import { isPromise } from '../kernel/maybe-promise.js';
import type { Secret } from '../kernel/secret.js';
import type { Deadlines, Waiting } from './deadlines.js';
import type { ReplyRules, ReplyWatch } from './plan.js';
import { TimeOut } from './judge-failure.js';
import { decoderFor } from './wire/decode.js';
import { KeyMask } from './wire/key-mask.js';
import { Letters } from './wire/letters.js';
import type { AnswerFields } from './wire/response-headers.js';

/** Answers up to this size are held whole before the first byte leaves: one write, and failover until its end. */
const WHOLE_BYTES = 64 * 1024;

/** Where the rest of an answer goes. */
export interface Sink {
  /** False when it is full: nothing more comes until `resume`. */
  data(chunk: Buffer): boolean;
  end(): void;
  fail(error: Error): void;
}

export interface TimeLimits {
  readonly firstByteMs: number;
  readonly idleMs: number;
}

/**
 * One attempt on the wire: takes what undici says of it, holds back what must be judged first, then lets the
 * rest flow to a sink with back-pressure. Ends by itself when the upstream is silent for too long.
 */
export class Exchange implements Dispatcher.DispatchHandler, Waiting {
  /** Answers that can be judged are, when all sockets that were ready have been read. */
  private static readonly opening = new Batch<Exchange>((exchange) => exchange.open(), setImmediate);
  /** Settles soon after the answer can be judged; never rejects. */
  readonly opened: Promise<void>;
  watch: ReplyWatch | undefined;
  readonly letters = new Letters();
  /** The body went out in full, so the upstream may have acted on it. */
  sent = false;
  /** 0 until a head has come. */
  status = 0;
  fields: AnswerFields = {};
  /** What has come and not gone on, in order. */
  held: Buffer[] = [];
  /** The answer is complete. */
  ended = false;
  /** It broke. */
  failure: Error | undefined;
  // --- of Waiting ---
  place = -1;
  movedAt = 0;
  patienceMs = 0;
  /** Hides the key in what comes. */
  private readonly mask: KeyMask | undefined;
  private open!: () => void;
  private controller: Dispatcher.DispatchController | undefined;
  private decoder: Transform | undefined;
  private mode: 'nothing' | 'event' | 'whole' = 'nothing';
  private heldBytes = 0;
  private isOpen = false;
  private abortReason: Error | undefined;
  private sink: Sink | undefined;
  private phase: TimeOut['phase'] = 'first_byte';

  constructor(
    readonly rules: ReplyRules,
    private readonly limits: TimeLimits,
    private readonly deadlines: Deadlines,
    secret: Secret | undefined,
  ) {
    this.mask = secret && new KeyMask(secret, this.letters);
    this.opened = new Promise((resolve) => {
      this.open = resolve;
    });
    this.wait('first_byte', limits.firstByteMs);
  }

  // --- what undici tells ---

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.abortReason) controller.abort(this.abortReason);
  }

  /** A slow upload is not a silent upstream: the wait for the first byte starts anew with each piece sent. */
  onBodySent(): void {
    this.moved();
  }

  onRequestSent(): void {
    this.sent = true;
    this.moved();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: object): void {
    if (status < 200) return;
    this.sent = true;
    this.status = status;
    this.fields = headers as AnswerFields;
    this.decoder = decoderFor(this.header('content-encoding'));
    if (this.decoder) this.readDecoded(this.decoder);
    const contentType = this.header('content-type') ?? '';
    // An error is judged by its body, so it is held; one too large to hold is judged by its beginning.
    this.mode = status >= 400 ? 'whole' : this.rules.hold(contentType);
    if (status < 400) this.watch = this.rules.watch(contentType);
    if (this.mode === 'nothing') this.nowOpen();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.moved();
    if (this.decoder) {
      if (!this.decoder.write(chunk)) controller.pause();
    } else {
      this.take(chunk);
    }
  }

  onResponseEnd(): void {
    if (this.decoder) this.decoder.end();
    else this.complete();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(this.abortReason ?? error);
  }

  // --- what the engine asks ---

  /** A header by its name in lower case; one that is repeated as HTTP joins it. */
  header(name: string): string | undefined {
    const value = this.fields[name];
    return value === undefined || typeof value === 'string' ? value : value.join(', ');
  }

  /** All of them so. */
  headers(): Record<string, string | undefined> {
    return Object.fromEntries(Object.keys(this.fields).map((name) => [name, this.header(name)]));
  }

  /** The body was compressed and is not any more. */
  get decoded(): boolean {
    return this.decoder !== undefined;
  }

  readonly maskText = (text: string): string => this.mask?.text(text) ?? text;

  /** Lets the rest of the answer go to `sink`; what was held has gone there before. */
  flow(sink: Sink): void {
    this.sink = sink;
    this.held = [];
    if (this.failure) sink.fail(this.failure);
    else if (this.ended) sink.end();
    else this.resume();
  }

  resume(): void {
    this.wait('idle', this.limits.idleMs);
    this.decoder?.resume();
    if (!this.decoder?.writableNeedDrain) this.controller?.resume();
  }

  timedOut(): void {
    this.abort(new TimeOut(this.phase));
  }

  /** The call was stopped. */
  stop(): void {
    this.abort('call stopped');
  }

  /** Ends the attempt now; the upstream's connection is closed. What is over stays as it is, and costs no error. */
  abort(why: string | Error): void {
    if (this.ended || this.failure) return;
    const reason = typeof why === 'string' ? new Error(why) : why;
    this.abortReason = reason;
    if (this.controller) this.controller.abort(reason);
    this.fail(reason);
  }

  // --- inside ---

  private readDecoded(decoder: Transform): void {
    decoder.on('data', (chunk: Buffer) => this.take(chunk));
    decoder.on('drain', () => {
      if (!decoder.isPaused()) this.controller?.resume();
    });
    decoder.on('end', () => this.complete());
    decoder.on('error', (error) => this.abort(error));
  }

  private take(raw: Buffer): void {
    const chunk = this.mask ? this.mask.chunk(raw) : raw;
    if (chunk.length === 0) return;
    this.hand(this.watch ? this.watch.pass(chunk, this.letters) : chunk);
    // What still comes is of no use to a client that was told of the end.
    if (this.watch?.told) setImmediate(() => this.abort('the upstream failed in its stream'));
  }

  private hand(chunk: Buffer): void {
    if (chunk.length === 0) {
      if (!this.isOpen && this.mayOpen()) this.nowOpen();
      return;
    }
    if (this.sink) {
      if (!this.sink.data(chunk)) this.pause();
      return;
    }
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes >= WHOLE_BYTES) this.pause();
    if (!this.isOpen && this.mayOpen()) this.nowOpen();
  }

  private mayOpen(): boolean {
    if (this.heldBytes >= WHOLE_BYTES) return true;
    if (this.watch?.failure !== undefined) return true;
    return this.mode === 'event' && (this.watch === undefined || this.watch.begun);
  }

  private pause(): void {
    this.waitNoMore();
    this.controller?.pause();
    this.decoder?.pause();
  }

  private complete(): void {
    const rest = this.mask?.flush();
    if (rest && rest.length > 0) this.take(rest);
    // Nothing more is waited for from the upstream.
    this.waitNoMore();
    const last = this.watch?.flush?.();
    if (!isPromise(last)) return this.close(last);
    last.then(
      (late) => this.close(late),
      (cause: unknown) => this.fail(new Error('the answer could not be written', { cause })),
    );
  }

  private close(last: Buffer | undefined): void {
    if (this.failure) return;
    if (last) this.hand(last);
    this.ended = true;
    if (this.sink) this.sink.end();
    else this.nowOpen();
  }

  private fail(error: Error): void {
    if (this.ended || this.failure) return;
    this.failure = error;
    this.waitNoMore();
    this.decoder?.destroy();
    if (this.sink) this.sink.fail(error);
    else this.nowOpen();
  }

  private nowOpen(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.waitNoMore();
    Exchange.opening.add(this);
  }

  private wait(phase: TimeOut['phase'], ms: number): void {
    this.phase = phase;
    this.patienceMs = ms;
    this.moved();
    this.deadlines.begin(this);
  }

  /** To note a time costs less than to set a timer anew with each sign of life. */
  private moved(): void {
    this.movedAt = performance.now();
  }

  private waitNoMore(): void {
    this.deadlines.end(this);
  }
}
