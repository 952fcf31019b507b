import type { Call } from './call.js';
import type { Exchange } from './exchange.js';
import { returnedHeaders } from './wire/response-headers.js';

/**
 * The upstream's headers as the client may see them, and ours. Notes in the call whether the client gets a stream.
 *
 * @param warnings of the target that answers
 */
export function answerHeaders(call: Call, exchange: Exchange, warnings?: readonly string[]): string[] {
  const contentType = writtenType(exchange);
  const isRewritten = exchange.decoded || contentType !== undefined;
  const headers = returnedHeaders(exchange.fields, exchange.maskText, isRewritten, contentType);
  if (warnings && warnings.length > 0) headers.push('x-keywheel-warning', warnings.join(', '));
  headers.push('x-request-id', call.id);
  if (call.upstream) headers.push('x-keywheel-upstream', call.upstream.slug);
  if (call.keyId) headers.push('x-keywheel-key', call.keyId);
  headers.push('x-keywheel-attempts', String(call.attempts));
  // Proxies before us, nginx first of all, would otherwise deliver a stream in one piece.
  call.streamed = (contentType ?? exchange.header('content-type'))?.startsWith('text/event-stream') ?? false;
  if (call.streamed) headers.push('x-accel-buffering', 'no');
  return headers;
}

/** Content type of an answer that the client does not get as it came. */
function writtenType({ rules, status }: Exchange): string | undefined {
  if (status >= 400) return rules.rewriteError && 'application/json';
  return rules.contentType;
}
