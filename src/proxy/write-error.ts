import type { IncomingMessage } from 'node:http';
import type { KeywheelError } from '../kernel/errors.js';
import { problemOf } from '../kernel/problem.js';
import type { Call } from './call.js';
import { declaredLength, hasBody } from './wire/call-body.js';

const SMALL_BYTES = 64 * 1024;
/** How long a client may go on sending a body that nobody wants. */
const LINGER_MS = 1000;

/** Sends an error of ours as JSON, with what every error carries in its headers. */
export function writeError(
  call: Call,
  error: KeywheelError,
  body: object,
  contentType = 'application/json',
): void {
  const { req, res } = call;
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  // A text leaves in one write with its head, and faster where each letter is a byte.
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  const encoding = length === text.length ? 'latin1' : 'utf8';
  const headers = ['content-type', contentType, 'content-length', String(length), 'x-request-id', call.id];
  headers.push('x-keywheel-attempts', String(call.attempts));
  if (call.upstream) headers.push('x-keywheel-upstream', call.upstream.slug);
  if (error.retryAfterMs !== undefined) {
    headers.push('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  }
  if (error.status === 401) headers.push('www-authenticate', 'Bearer realm="keywheel"');
  // What the client still sends of a large body is not worth reading: a new connection is cheaper.
  const unread = !req.complete && !isSmall(req);
  if (unread || error.code === 'draining') headers.push('connection', 'close');
  res.writeHead(error.status, headers);
  if (req.method === 'HEAD') res.end();
  else if (unread) endWhenSent(call, text);
  else res.end(text, encoding);
}

/** A body that is mostly here already, with its head; node:http reads what is left of it. */
function isSmall(req: IncomingMessage): boolean {
  const length = hasBody(req) ? declaredLength(req) : 0;
  return length !== undefined && length <= SMALL_BYTES;
}

/**
 * Reads on for a little, so that a client that is still sending gets to see the answer, then hangs up. Node hangs up
 * as soon as an answer has ended, and where bytes are unread the kernel makes that a reset, which the client may meet
 * before it has read anything (RFC 9112, 9.6). So the answer leaves whole, but its end waits.
 */
function endWhenSent({ req, res }: Call, text: string): void {
  const end = (): void => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, LINGER_MS).unref();
  res.write(text);
  req.once('end', end).once('close', end).resume();
}

/** The same as `application/problem+json`, for callers of plain HTTP. */
export function writeProblem(call: Call, error: KeywheelError): void {
  writeError(call, error, problemOf(error, call.path, call.id), 'application/problem+json');
}
