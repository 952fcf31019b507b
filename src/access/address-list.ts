import { BlockList, isIP } from 'node:net';

/** Addresses and CIDRs, IPv4 and IPv6. An IPv4 entry also holds the IPv4-mapped form (`::ffff:1.2.3.4`). */
export class AddressList {
  readonly #ranges = new BlockList();
  readonly #empty: boolean;

  /** @throws TypeError when an entry is no address and no CIDR; see `isAddressOrCidr`. */
  constructor(entries: readonly string[]) {
    this.#empty = entries.length === 0;
    for (const entry of entries) {
      const range = readRange(entry);
      if (!range) throw new TypeError(`not an address or CIDR: ${entry}`);
      this.#ranges.addSubnet(range.address, range.bits, range.family);
    }
  }

  /** False for anything that is not an address. */
  has(address: string): boolean {
    if (this.#empty) return false;
    const bare = withoutZone(address);
    const family = isIP(bare);
    if (family === 0) return false;
    return this.#ranges.check(bare, family === 4 ? 'ipv4' : 'ipv6');
  }
}

export function isAddressOrCidr(text: unknown): boolean {
  return typeof text === 'string' && readRange(text) !== undefined;
}

/** `::ffff:1.2.3.4` is how a dual-stack socket names an IPv4 client: the plain form is what people know. */
export function plainAddress(address: string): string {
  if (!address.includes(':')) return address;
  const bare = withoutZone(address);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  return mapped?.[1] ?? bare;
}

function withoutZone(address: string): string {
  const zone = address.indexOf('%');
  return zone === -1 ? address : address.slice(0, zone);
}

function readRange(text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } | undefined {
  const parts = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text);
  if (!parts?.[1]) return undefined;
  const version = isIP(parts[1]);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const bits = parts[2] === undefined ? most : Number(parts[2]);
  if (bits > most) return undefined;
  return { address: parts[1], bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}
