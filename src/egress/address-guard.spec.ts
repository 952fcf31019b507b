import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressGuard, isPublicAddress } from './address-guard.js';

const octet = fc.integer({ min: 0, max: 255 });

describe('isPublicAddress', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:0808:0808::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '4000::1',
    'localhost',
    '',
    '1.2.3',
    '2130706433',
    '0x7f.1',
    '[::1]',
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
    '64:ff9b::8.8.8.8',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '2001:4860:4860::8888',
  ])('permits %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it('judges a mapped and a NAT64 address as the IPv4 address inside it', () => {
    fc.assert(
      fc.property(fc.tuple(octet, octet, octet, octet), (bytes) => {
        const plain = bytes.join('.');
        const [a, b, c, d] = bytes;
        const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
        const verdicts = [`::ffff:${plain}`, `::FFFF:${hex}`, `64:ff9b::${hex}`, `64:ff9b:0:0::${plain}`].map(
          isPublicAddress,
        );
        expect(new Set([isPublicAddress(plain), ...verdicts]).size).toBe(1);
      }),
    );
  });

  it('permits IPv6 only inside 2000::/3', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const first = parseInt(new URL(`http://[${address}]`).hostname.slice(1).split(':')[0] || '0', 16);
        if (
          isPublicAddress(address) &&
          !/^(::ffff:|64:ff9b::)/.test(new URL(`http://[${address}]`).hostname.slice(1))
        ) {
          expect(first >> 13).toBe(1);
        }
      }),
    );
  });
});

describe('AddressGuard', () => {
  it('refuses private addresses by default and permits all with true', () => {
    expect(new AddressGuard(false).permits('10.1.2.3', 'internal', 80)).toBe(false);
    expect(new AddressGuard(false).permits('8.8.8.8', 'dns.google', 443)).toBe(true);
    expect(new AddressGuard(true).permits('169.254.169.254', 'metadata', 80)).toBe(true);
  });

  it.each<[entries: string[], host: string, address: string, port: number, permitted: boolean]>([
    [['ollama'], 'ollama', '172.18.0.5', 11434, true],
    [['Ollama.'], 'OLLAMA', '172.18.0.5', 11434, true],
    [['ollama'], 'ollama.evil.example', '172.18.0.5', 11434, false],
    [['ollama:11434'], 'ollama', '172.18.0.5', 11434, true],
    [['ollama:11434'], 'ollama', '172.18.0.5', 22, false],
    [['10.0.0.0/8'], 'vllm', '10.2.3.4', 8000, true],
    [['10.0.0.0/8'], 'vllm', '::ffff:10.2.3.4', 8000, true],
    [['10.0.0.0/8'], 'vllm', '11.0.0.1', 8000, true],
    [['10.0.0.0/8'], 'vllm', '192.168.0.1', 8000, false],
    [['127.0.0.1'], 'localhost', '127.0.0.1', 80, true],
    [['127.0.0.1'], 'localhost', '127.0.0.2', 80, false],
    [['127.0.0.1:8080'], 'localhost', '127.0.0.1', 8080, true],
    [['127.0.0.1:8080'], 'localhost', '127.0.0.1', 8081, false],
    [['::1'], '::1', '::1', 80, true],
    [['[::1]:8080'], '::1', '::1', 8080, true],
    [['[::1]:8080'], '::1', '::1', 80, false],
    [['fd00::/8'], 'x', 'fd12::1', 80, true],
    [['::ffff:127.0.0.1'], 'x', '127.0.0.1', 80, true],
    [['fe80::/10'], 'x', 'fe80::1%eth0', 80, true],
  ])('with %j, %s at %s:%i is permitted: %s', (entries, host, address, port, permitted) => {
    expect(new AddressGuard(entries).permits(address, host, port)).toBe(permitted);
  });

  it.each(['http://ollama', '10.0.0.0/33', '10.0.0.0/x', 'a b', '*', '::1/129', 'host/8', ''])(
    'does not accept the entry %j',
    (entry) => {
      expect(() => new AddressGuard([entry])).toThrow('ALLOW_PRIVATE_UPSTREAMS');
    },
  );
});
