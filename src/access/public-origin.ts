import type { IncomingMessage } from 'node:http';
import { type AddressList, plainAddress } from './address-list.js';
import { cameByTls } from './client-ip.js';

const HOST = /^[A-Za-z0-9.\-_[\]:]+$/;

/**
 * Under which `scheme://host[:port]` the client has reached us. What a proxy says of it is believed of trusted ones.
 * Without a usable Host it is the address that was connected to.
 */
export function publicOrigin(req: IncomingMessage, trusted: AddressList): string {
  const { socket, headers } = req;
  const isEncrypted = 'encrypted' in socket && socket.encrypted === true;
  const isTls = cameByTls(socket.remoteAddress, isEncrypted, headers, trusted);
  const isTrusted = trusted.has(plainAddress(socket.remoteAddress ?? ''));
  const forwarded = isTrusted ? lastOf(headers['x-forwarded-host']) : undefined;
  const host = [forwarded, headers.host].find((one) => one !== undefined && HOST.test(one));
  return `${isTls ? 'https' : 'http'}://${host ?? `127.0.0.1:${socket.localPort}`}`;
}

/** The proxy nearest to us wrote the last one. */
function lastOf(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header).split(',').pop()?.trim();
}
