import type { Call } from './call.js';
import type { Exchange } from './exchange.js';
import { returnedHeaders } from './wire/response-headers.js';

/** The upstream's headers as the client may see them, and ours. */
export function answerHeaders(call: Call, exchange: Exchange): string[] {
  const headers = returnedHeaders(flat(exchange.fields), exchange.maskText, {
    dropLength: exchange.decoded,
    dropEncoding: exchange.decoded,
  });
  headers.push('x-request-id', call.id);
  if (call.upstream) headers.push('x-keywheel-upstream', call.upstream.slug);
  if (call.keyId) headers.push('x-keywheel-key', call.keyId);
  headers.push('x-keywheel-attempts', String(call.attempts));
  // Proxies before us, nginx first of all, would otherwise deliver a stream in one piece.
  if (exchange.header('content-type')?.startsWith('text/event-stream'))
    headers.push('x-accel-buffering', 'no');
  return headers;
}

/** Names and values in turn; a repeated header stays repeated. */
function flat(fields: Exchange['fields']): string[] {
  const list: string[] = [];
  for (const name in fields) {
    const value = fields[name];
    if (typeof value === 'string') list.push(name, value);
    else for (const one of value ?? []) list.push(name, one);
  }
  return list;
}
