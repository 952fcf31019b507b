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

  it.each(['localhost', 'ollama.lan', 'my_host', 'a-b.example'])('%s is a host', (text) => {
    expect(isCidr(text)).toBe(false);
    expect(isHostOrCidr(text)).toBe(true);
  });

  it.each(['http://x', 'x:80', 'a b', '-a', '*.lan'])('%s is no host', (text) => {
    expect(isHostOrCidr(text)).toBe(false);
  });
});
