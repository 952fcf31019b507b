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

/** A host name, an IP address or a CIDR; what looks like a broken address is none. */
export function isHostOrCidr(text: string): boolean {
  return isCidr(text) || (HOST.test(text) && !/^[\d.]+$/.test(text));
}
