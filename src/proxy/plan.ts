import type { Answer, Verdict } from '../kernel/verdict.js';
import type { KeywheelError } from '../kernel/errors.js';
import type { MaybePromise } from '../kernel/maybe-promise.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { FindText } from './smoothing/text-event.js';
import type { DispatchBody } from './wire/call-body.js';
import type { Letters } from './wire/letters.js';
import type { Usage } from './call.js';

/** A client's body, ready to be sent, possibly more than once. */
export interface SendableBody {
  /** Bytes; undefined where the client did not say. */
  readonly length: number | undefined;
  /** Whether another attempt can still send all of it. */
  readonly replayable: boolean;
  forDispatch(): DispatchBody;
}

/** A sign of life for a client that waits for a stream. */
export interface Heartbeat {
  /** Of the answer that is going to follow. */
  readonly contentType: string;
  /** May stand before that answer, as often as one likes. */
  readonly text: string;
}

/** One place where a call can be answered. */
export interface Target {
  readonly upstream: Upstream;
  /** The upstream's name of the model; absent for plain HTTP. */
  readonly model: string | undefined;
  /** The model as statistics and prices name it, where that is not what the client asked for: of a route's target. */
  readonly countedAs?: string;
  /** From the origin: base path, path and query as sent, without the key. */
  readonly path: string;
  readonly body: SendableBody | undefined;
  /** Sent instead of the client's own headers, names and values in turn: where the body is another than the client's. */
  readonly headers?: readonly string[];
  /** How this target answers, where it is not as `Plan.rules` say. */
  readonly rules?: ReplyRules;
  /** What got lost on the way into the target's protocol, in stable words for the client. */
  readonly warnings?: readonly string[];
  /** The client asked for a stream and this target has none: what it gets while the answer is being made. */
  readonly heartbeat?: Heartbeat;
  /** Only this key will do: it made the file or cached content that the call names. */
  readonly onlyKey?: string;
}

/**
 * Looks at the bytes of an answer while they pass: when it has begun, whether it came to its proper end, and
 * what it used. In a translation it also writes what the client gets instead of them.
 */
export interface ReplyWatch {
  /**
   * @param letters of the answer, in which others look for something too
   * @returns what the client gets now: the same bytes, or, in a translation, others or (as yet) none
   */
  pass(chunk: Buffer, letters: Letters): Buffer;
  /** The upstream's answer is complete. @returns what the client gets at last; may take its time, but not fail */
  flush?(): MaybePromise<Buffer>;
  /** The first event that carries something of the answer has been seen; before it, another key may be tried. */
  readonly begun: boolean;
  /** An error event came before anything else, or what came cannot be an answer. */
  readonly failure: Verdict | undefined;
  /** What the client is told of that failure, where not the bytes that came. */
  readonly error?: KeywheelError | undefined;
  /** The client has been told of a break already. */
  readonly told?: boolean;
  /** The protocol's own end has been seen (`[DONE]`, `message_stop`, `response.completed`, a finish reason). */
  readonly complete: boolean;
  readonly usage: Usage | undefined;
}

/** How a protocol answers, as far as the engine has to know. */
export interface ReplyRules {
  judge(answer: Answer): Verdict;
  /**
   * What to hold back before the first byte leaves, by the answer's content type:
   * `nothing` · `event`: until the first real event · `whole`: all of it, up to a bound.
   */
  hold(contentType: string): 'nothing' | 'event' | 'whole';
  watch(contentType: string): ReplyWatch | undefined;
  /** The event that tells the client of a break in the middle of a stream; empty where there is no such thing. */
  breakEvent(error: KeywheelError, requestId: string): string;
  /** Content type of a good answer, where the client does not get it as it came. */
  readonly contentType?: string;
  /** A refusal of the upstream as the client's protocol says it; the status stays. */
  rewriteError?(status: number, body: string): Buffer;
  /** The same as an event, for a client that has the head of its stream already. */
  errorEvent?(status: number, body: string): string;
}

/** How one call is to be answered. */
export interface Plan {
  readonly method: string;
  /** In order of preference; never empty. */
  readonly targets: readonly Target[];
  readonly rules: ReplyRules;
  /** Repeating it after the body was sent harms nothing. */
  readonly repeatable: boolean;
  /** Present where bursts of text are to be smoothed: finds the text in the events that the client gets. */
  readonly findText?: FindText;
  /** Estimated tokens, to be reserved against tpm. */
  readonly tokens: number;
  /** Sees the head and the body of a small successful answer before the client does (files that must be pinned). */
  readonly onAnswer?: (answer: WholeAnswer, keyId: string) => Promise<WholeAnswer>;
}

export interface WholeAnswer {
  readonly headers: string[];
  readonly body: Buffer;
}
