import { BlockList, isIP } from 'node:net';

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

/** An IP address, alone or with a prefix length: `10.0.0.0/8`, `::1`. */
export function isCidr(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix)) return false;
  try {
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}

/** A host name or an IP address, with or without a port, or a CIDR; what looks like a broken address is none. */
export function isHostOrCidr(text: string): boolean {
  if (isCidr(text)) return true;
  const [, host = text, port] = /^(.*):(\d{1,5})$/s.exec(text) ?? [];
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return false;
  const [, bracketed] = /^\[(.*)\]$/s.exec(host) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  return isIP(host) === 4 || (HOST.test(host) && !/^[\d.]+$/.test(host));
}
