import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { type AddressList, plainAddress } from './address-list.js';

/**
 * The address of the client: the right-most one that is not a trusted proxy's. Proxies append, so what stands to
 * the left of the first untrusted address is only what that client said of itself. `X-Forwarded-For` goes before
 * `Forwarded`, because a proxy that writes the one passes on whatever the client put into the other.
 * @param remote the socket's peer
 * @param trusted addresses of our own proxies (TRUST_PROXY)
 */
export function clientIp(
  remote: string | undefined,
  headers: IncomingHttpHeaders,
  trusted: AddressList,
): string {
  let client = plainAddress(remote ?? '');
  if (!trusted.has(client)) return client;
  for (const hop of hopsOf(headers).reverse()) {
    const address = addressOf(hop);
    // An unreadable hop (`unknown`, an obfuscated name) hides what lies before it.
    if (address === undefined) return client;
    client = address;
    if (!trusted.has(client)) return client;
  }
  return client;
}

/** Whether the client came by TLS: to us, or to the trusted proxy that says so. */
export function cameByTls(
  remote: string | undefined,
  encrypted: boolean,
  headers: IncomingHttpHeaders,
  trusted: AddressList,
): boolean {
  if (encrypted) return true;
  if (!trusted.has(plainAddress(remote ?? ''))) return false;
  const said = headers['x-forwarded-proto'];
  return typeof said === 'string' && said.split(',').pop()?.trim().toLowerCase() === 'https';
}

function hopsOf(headers: IncomingHttpHeaders): string[] {
  const listed = headers['x-forwarded-for'];
  if (listed !== undefined) return String(listed).split(',');
  return [...(headers.forwarded ?? '').split(',')].map((element) => {
    const found = /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)/i.exec(element);
    return found?.[1]?.replaceAll('"', '') ?? '';
  });
}

/** An address as proxies write it: bare, with a port, or as `[v6]:port`. */
function addressOf(hop: string): string | undefined {
  const text = hop.trim();
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  const withoutPort = bracketed ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(withoutPort) === 0 ? undefined : plainAddress(withoutPort);
}
