import { headerOf } from './wire/header-of.js';
import type { Call } from './call.js';

const DAY_SECONDS = '86400';
const EXPOSED =
  'x-request-id, x-keywheel-upstream, x-keywheel-key, x-keywheel-attempts, retry-after, x-ratelimit-*';

/**
 * Lets pages of the allowed origins call us from a browser, where the setting `corsOrigins` names any.
 * True where the request was a preflight and is answered.
 */
export function cors(call: Call, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return false;
  const { req, res } = call;
  const origin = headerOf(req, 'origin');
  if (origin === undefined) return false;
  if (!allowed.includes('*') && !allowed.includes(origin)) return false;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-expose-headers', EXPOSED);
  res.setHeader('vary', 'Origin');
  const method = headerOf(req, 'access-control-request-method');
  if (req.method !== 'OPTIONS' || method === undefined) return false;
  res.setHeader('access-control-allow-methods', method);
  res.setHeader('access-control-allow-headers', headerOf(req, 'access-control-request-headers') ?? '*');
  res.setHeader('access-control-max-age', DAY_SECONDS);
  res.writeHead(204, { 'x-request-id': call.id }).end();
  return true;
}
