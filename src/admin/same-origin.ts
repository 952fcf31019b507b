import type { IncomingHttpHeaders } from 'node:http';

const READING: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isReading(method: string | undefined): boolean {
  return READING.has(method);
}

/**
 * Whether a browser sent this from a page of ours. Browsers tell by `Sec-Fetch-Site` where the page is secure,
 * else by `Origin`; a request with neither is not a page's, and has no business with a session cookie.
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === host.toLowerCase();
}
