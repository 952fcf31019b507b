import type { IncomingMessage } from 'node:http';
import type { Dispatcher } from 'undici';
import { KeywheelError } from '../../kernel/errors.js';
import { headerOf } from './header-of.js';
import type { MaybePromise } from '../../kernel/maybe-promise.js';

/** What undici takes as a body. */
export type DispatchBody = Dispatcher.DispatchOptions['body'];

/** Up to this size a body in several chunks is joined: one write costs less than several. */
const JOINED_BYTES = 64 * 1024;

const DECIMAL = /^\d{1,15}$/;

/** A client's body, held whole: small ones as one Buffer, large ones as the chunks that came, never joined. */
export class CallBody {
  static readonly EMPTY = new CallBody([]);
  /** Bytes. */
  readonly length: number;
  readonly chunks: readonly Buffer[];
  readonly replayable = true;

  constructor(chunks: readonly Buffer[]) {
    let length = 0;
    for (const chunk of chunks) length += chunk.length;
    this.length = length;
    this.chunks = chunks.length > 1 && length <= JOINED_BYTES ? [Buffer.concat(chunks, length)] : chunks;
  }

  /** As often as there are attempts. Of a list undici cannot tell the length: send content-length along. */
  forDispatch(): DispatchBody {
    if (this.length === 0) return null;
    if (this.chunks.length === 1) return this.chunks[0];
    // undici writes any iterable with back-pressure, although its types name only streams.
    return this.chunks as unknown as DispatchBody;
  }
}

/** Content-Length as a number; undefined where it is absent or no number. */
export function declaredLength(req: IncomingMessage): number | undefined {
  const declared = headerOf(req, 'content-length');
  return declared !== undefined && DECIMAL.test(declared) ? Number(declared) : undefined;
}

/** Whether a request announces a body at all. */
export function hasBody(req: IncomingMessage): boolean {
  return headerOf(req, 'transfer-encoding') !== undefined || (declaredLength(req) ?? 0) > 0;
}

export function tooLarge(limit: number): KeywheelError {
  return new KeywheelError('body_too_large', `The body is larger than ${limit} bytes.`);
}

export function clientGone(cause?: unknown): KeywheelError {
  return new KeywheelError('client_gone', 'The client went away before its body was complete.', { cause });
}

/** Told how many bytes of a body are announced or here; answers why there is no room for them. */
export type Hold = (bytes: number) => KeywheelError | undefined;

/**
 * Reads the whole body.
 * @throws KeywheelError (or rejects with it) `body_too_large`, at once where Content-Length says so (the rest is left
 * unread, so the answer must close the connection), `client_gone`, or what `hold` answers
 */
export function readBody(req: IncomingMessage, limit: number, hold?: Hold): MaybePromise<CallBody> {
  const declared = declaredLength(req);
  if (!declared && !hasBody(req)) return CallBody.EMPTY;
  if (declared === undefined) return collected(req, limit, hold);
  if (declared > limit) throw tooLarge(limit);
  const refusal = hold?.(declared);
  if (refusal) throw refusal;
  return arrived(req, declared) ?? collected(req, limit);
}

/** The body where all of it is here. Listeners cost more than all else that is done to read a small one. */
function arrived(req: IncomingMessage, declared: number): CallBody | undefined {
  if (req.readableLength !== declared) return undefined;
  const bytes = req.read() as Buffer | null;
  return bytes ? new CallBody([bytes]) : undefined;
}

function collected(req: IncomingMessage, limit: number, hold?: Hold): Promise<CallBody> {
  if (req.destroyed) throw clientGone();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      const refusal = length > limit ? tooLarge(limit) : hold?.(length);
      if (!refusal) return void chunks.push(chunk);
      req.off('data', onData).pause();
      reject(refusal);
    };
    const onGone = (cause?: unknown): void => {
      if (!req.readableEnded) reject(clientGone(cause instanceof Error ? cause : undefined));
    };
    // They stay: taking four listeners off each request costs more than leaving them to it.
    req
      .on('data', onData)
      .on('end', () => resolve(new CallBody(chunks)))
      .on('error', onGone)
      .on('close', onGone);
  });
}
