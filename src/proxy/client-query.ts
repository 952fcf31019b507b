import { headerOf } from './wire/header-of.js';
import type { Upstream } from '../upstreams/upstream.js';
import type { Call } from './call.js';
import { queryFor } from './wire/query.js';

/**
 * The query to send, with its question mark, byte for byte as it came but for credentials: the access token
 * where it was shown there, and whatever the client sent under the name that the upstream's key goes by.
 */
export function clientQuery(call: Call, upstream: Upstream, alsoDrop: readonly string[] = []): string {
  if (call.query === '') return '';
  const drop = [...alsoDrop];
  if (headerOf(call.req, 'x-keywheel-token') === undefined) drop.push('key');
  if (upstream.credential.in === 'query') drop.push(upstream.credential.name);
  const kept = queryFor(call.query, drop);
  return kept === '' ? '' : `?${kept}`;
}
