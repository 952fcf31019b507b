import { describe, expect, it } from 'vitest';
import { AddressList, isAddressOrCidr } from './address-list.js';
import { cameByTls, clientIp } from './client-ip.js';

const trusted = new AddressList(['10.0.0.0/8', '::1', 'fd00::/8']);

describe('clientIp', () => {
  it.each<[string | undefined, Record<string, string>, string]>([
    ['203.0.113.9', {}, '203.0.113.9'],
    ['::ffff:203.0.113.9', {}, '203.0.113.9'],
    ['203.0.113.9', { 'x-forwarded-for': '1.1.1.1' }, '203.0.113.9'],
    ['10.0.0.1', {}, '10.0.0.1'],
    ['10.0.0.1', { 'x-forwarded-for': '198.51.100.4' }, '198.51.100.4'],
    ['::ffff:10.0.0.1', { 'x-forwarded-for': '198.51.100.4' }, '198.51.100.4'],
    ['10.0.0.1', { 'x-forwarded-for': '9.9.9.9, 198.51.100.4, 10.0.0.2' }, '198.51.100.4'],
    ['10.0.0.1', { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }, '10.0.0.3'],
    ['10.0.0.1', { 'x-forwarded-for': '9.9.9.9, unknown' }, '10.0.0.1'],
    ['10.0.0.1', { 'x-forwarded-for': '9.9.9.9, nonsense, 10.0.0.2' }, '10.0.0.2'],
    ['10.0.0.1', { 'x-forwarded-for': '198.51.100.4:55123' }, '198.51.100.4'],
    ['::1', { 'x-forwarded-for': '[2001:db8::7]:443' }, '2001:db8::7'],
    ['::1', { forwarded: 'for=1.1.1.1, for="[2001:db8::7]:443";proto=https, for=10.0.0.9' }, '2001:db8::7'],
    ['::1', { forwarded: 'proto=https;for=_hidden' }, '::1'],
    ['::1', { forwarded: 'for=1.1.1.1', 'x-forwarded-for': '2.2.2.2' }, '2.2.2.2'],
    [undefined, {}, ''],
  ])('%s with %o is %s', (remote, headers, expected) => {
    expect(clientIp(remote, headers, trusted)).toBe(expected);
  });
});

describe('cameByTls', () => {
  it('believes only itself and trusted proxies', () => {
    const said = { 'x-forwarded-proto': 'https' };
    expect(cameByTls('203.0.113.9', true, {}, trusted)).toBe(true);
    expect(cameByTls('203.0.113.9', false, said, trusted)).toBe(false);
    expect(cameByTls('10.0.0.1', false, said, trusted)).toBe(true);
    expect(cameByTls('10.0.0.1', false, { 'x-forwarded-proto': 'https, http' }, trusted)).toBe(false);
    expect(cameByTls('10.0.0.1', false, {}, trusted)).toBe(false);
  });
});

describe('AddressList', () => {
  it.each([
    [['192.0.2.0/24'], '192.0.2.255', true],
    [['192.0.2.0/24'], '192.0.3.0', false],
    [['192.0.2.1'], '::ffff:192.0.2.1', true],
    [['0.0.0.0/0'], '2001:db8::1', false],
    [['2001:db8::/32'], '2001:db8:ffff::1', true],
    [['fe80::/10'], 'fe80::1%eth0', true],
    [['10.0.0.0/8'], 'not an address', false],
    [[], '10.0.0.1', false],
  ])('%o holds %s: %s', (entries, address, expected) => {
    expect(new AddressList(entries).has(address)).toBe(expected);
  });

  it.each(['10.0.0.0/33', '::/129', 'example.com', '', '10.0.0', '10.0.0.1/', '1.2.3.4/-1', 7, null])(
    'takes no %o',
    (entry) => {
      expect(isAddressOrCidr(entry)).toBe(false);
    },
  );
});
