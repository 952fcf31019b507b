import { isIP } from 'node:net';
import { AddressGuard } from '../egress/address-guard.js';

/**
 * Why a base URL names an address that calls will be refused for, or undefined. Looks only at what is plain to
 * see, literal addresses and `localhost`; what a name resolves to is seen when it is dialled.
 */
export function privateAddressFault(baseUrl: string, allow: boolean | readonly string[]): string | undefined {
  const url = new URL(baseUrl);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const address = isIP(host) ? host : /(^|\.)localhost\.?$/.test(host) ? '127.0.0.1' : undefined;
  if (address === undefined) return undefined;
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (new AddressGuard(allow).permits(address, host, port)) return undefined;
  return `names a private address; to call it, start with ALLOW_PRIVATE_UPSTREAMS=${url.host} (or true)`;
}
