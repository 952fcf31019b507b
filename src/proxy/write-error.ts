import type { KeywheelError } from '../kernel/errors.js';
import { problemOf } from '../kernel/problem.js';
import type { Call } from './call.js';

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
  const text = Buffer.from(JSON.stringify(body));
  const headers = [
    'content-type',
    contentType,
    'content-length',
    String(text.length),
    'x-request-id',
    call.id,
  ];
  headers.push('x-keywheel-attempts', String(call.attempts));
  if (call.upstream) headers.push('x-keywheel-upstream', call.upstream.slug);
  if (error.retryAfterMs !== undefined) {
    headers.push('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  }
  if (error.status === 401) headers.push('www-authenticate', 'Bearer realm="keywheel"');
  // What the client still sends of its body is not worth reading: a new connection is cheaper.
  const unread = !req.complete;
  if (unread || error.code === 'draining') headers.push('connection', 'close');
  res.writeHead(error.status, headers);
  res.end(req.method === 'HEAD' ? undefined : text);
  if (unread) discard(call);
}

/** Reads on for a little, so that a client that is still sending gets to see the answer, then hangs up. */
function discard({ req, res }: Call): void {
  req.resume();
  const timer = setTimeout(() => req.destroy(), 1000);
  timer.unref();
  res.once('close', () => clearTimeout(timer));
}

/** The same as `application/problem+json`, for callers of plain HTTP. */
export function writeProblem(call: Call, error: KeywheelError): void {
  writeError(call, error, problemOf(error, call.path, call.id), 'application/problem+json');
}
