import { describe, expect, it } from 'vitest';
import { isCidr, isHostOrCidr } from './addresses.js';

describe('addresses of lists', () => {
  it.each(['10.0.0.0/8', '0.0.0.0/0', '::1', 'fd00::/8', '::/128', '127.0.0.1'])('%s is a CIDR', (text) => {
    expect(isCidr(text)).toBe(true);
    expect(isHostOrCidr(text)).toBe(true);
  });

  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '::/129', '10.0.0.0/8/8', '1.2.3.256', '10.0.0.0/-1', ''])(
    '%s is neither CIDR nor host',
    (text) => {
      expect(isCidr(text)).toBe(false);
      expect(isHostOrCidr(text)).toBe(false);
    },
  );

  it.each([
    'localhost',
    'ollama.lan',
    'my_host',
    'a-b.example',
    'x:80',
    '127.0.0.1:11434',
    '[::1]:8080',
    '[::1]',
  ])('%s is a host', (text) => {
    expect(isCidr(text)).toBe(false);
    expect(isHostOrCidr(text)).toBe(true);
  });

  it.each(['http://x', 'x:0', 'x:99999', 'a b', '-a', '*.lan', '1.2.3:80', '[::1', '[x]:80'])(
    '%s is no host',
    (text) => {
      expect(isHostOrCidr(text)).toBe(false);
    },
  );
});
