import { BlockList, isIP } from 'node:net';

/** Where IPv4 traffic must not go: IANA's special-purpose registry, and cloud metadata that lies outside it. */
const DENIED_V4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network, unspecified
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT; Alibaba's metadata is 100.100.100.200
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's host agent
  ['169.254.0.0', 16], // link-local; metadata of most clouds is 169.254.169.254
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments; Oracle's metadata is 192.0.0.192
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** Inside 2000::/3, the only IPv6 space that is routed globally, these are not. */
const DENIED_V6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // protocol assignments, Teredo among them: embeds an IPv4 address
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: embeds an IPv4 address
  ['3fff::', 20], // documentation
];

const denied = new BlockList();
for (const [network, prefix] of DENIED_V4) denied.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of DENIED_V6) denied.addSubnet(network, prefix, 'ipv6');

const routed = new BlockList();
routed.addSubnet('2000::', 3, 'ipv6');

const embedding = new BlockList();
embedding.addSubnet('::ffff:0:0', 96, 'ipv6'); // IPv4-mapped
embedding.addSubnet('64:ff9b::', 96, 'ipv6'); // NAT64: what DNS64 answers in IPv6-only networks

/**
 * The IPv4 address that really gets the packets of an IPv4-mapped or NAT64 address; any other address as it is.
 */
function effective(address: string): { address: string; family: 'ipv4' | 'ipv6' } {
  if (isIP(address) === 4) return { address, family: 'ipv4' };
  if (!embedding.check(address, 'ipv6')) return { address, family: 'ipv6' };
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [low = '0', high = '0'] = canonical.split(':').reverse();
  const bits = parseInt(high || '0', 16) * 0x10000 + parseInt(low || '0', 16);
  const bytes = [bits >>> 24, (bits >>> 16) & 255, (bits >>> 8) & 255, bits & 255];
  return { address: bytes.join('.'), family: 'ipv4' };
}

/** Whether an address belongs to the public internet. Anything that is not an IP address does not. */
export function isPublicAddress(literal: string): boolean {
  const zone = literal.indexOf('%');
  const bare = zone === -1 ? literal : literal.slice(0, zone);
  if (isIP(bare) === 0) return false;
  const { address, family } = effective(bare);
  if (family === 'ipv6' && !routed.check(address, 'ipv6')) return false;
  return !denied.check(address, family);
}

/** The operator's list of private hosts that may be called all the same. */
export class AllowedHosts {
  private readonly names = new Set<string>();
  private readonly ranges = new BlockList();
  private readonly ported = new Map<string, AllowedHosts>();

  /**
   * Each entry is a host name, an IP address, or a CIDR; names and addresses may end in `:port` and then hold
   * for that port only (an IPv6 address in brackets). A name allows whatever address it resolves to.
   * Throws a plain Error that names the entry which is none of these.
   */
  constructor(entries: readonly string[]) {
    for (const entry of entries) this.add(entry.trim().toLowerCase());
  }

  includes(host: string, address: string, port: number): boolean {
    const name = host.toLowerCase().replace(/\.$/, '');
    return this.matches(name, address) || this.ported.get(String(port))?.matches(name, address) === true;
  }

  private matches(name: string, literal: string): boolean {
    if (this.names.has(name)) return true;
    const bare = literal.split('%')[0] ?? literal;
    if (isIP(bare) === 0) return false;
    const { address, family } = effective(bare);
    return this.ranges.check(address, family);
  }

  private add(entry: string): void {
    const [network = '', prefix] = entry.split('/');
    const literal = network.replace(/^\[(.*)\]$/, '$1');
    const family = isIP(literal);
    if (family !== 0) return this.addRange(literal, prefix, family, entry);
    const withPort = /^(.+):(\d{1,5})$/.exec(entry);
    if (withPort?.[1] && withPort[2] && prefix === undefined) return this.addPort(withPort[1], withPort[2]);
    if (!/^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?\.?$/.test(entry)) {
      throw new Error(`ALLOW_PRIVATE_UPSTREAMS: "${entry}" is neither a host, an IP address nor a CIDR.`);
    }
    this.names.add(entry.replace(/\.$/, ''));
  }

  private addPort(host: string, digits: string): void {
    const port = String(Number(digits));
    const rest = this.ported.get(port) ?? new AllowedHosts([]);
    rest.add(host);
    this.ported.set(port, rest);
  }

  private addRange(literal: string, prefix: string | undefined, family: number, entry: string): void {
    const widest = family === 4 ? 32 : 128;
    const bits = prefix === undefined ? widest : Number(prefix);
    if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || bits > widest)) {
      throw new Error(`ALLOW_PRIVATE_UPSTREAMS: "${entry}" has no valid prefix length.`);
    }
    const mapped = bits === widest ? effective(literal) : undefined;
    if (mapped?.family === 'ipv4') this.ranges.addAddress(mapped.address, 'ipv4');
    else this.ranges.addSubnet(literal, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
}

/**
 * Decides whether an address may be dialled: public ones always, private and reserved ones only where
 * ALLOW_PRIVATE_UPSTREAMS says so. Pure; knows nothing of name resolution.
 */
export class AddressGuard {
  private readonly everything: boolean;
  private readonly allowed: AllowedHosts;

  constructor(allow: boolean | readonly string[]) {
    this.everything = allow === true;
    this.allowed = new AllowedHosts(typeof allow === 'boolean' ? [] : allow);
  }

  /** `host` is the name (or literal) that was to be called, `address` the IP address that it stands for. */
  permits(address: string, host: string, port: number): boolean {
    if (this.everything || isPublicAddress(address)) return true;
    return this.allowed.includes(host, address, port);
  }
}
