import { describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.js';
import { LoginThrottle } from './login-throttle.js';

const clock = new ManualClock(1_000_000);

function throttleWith(failures: number, address: string): LoginThrottle {
  const throttle = new LoginThrottle(clock);
  for (let i = 0; i < failures; i++) throttle.failed(address);
  return throttle;
}

describe('LoginThrottle', () => {
  it('refuses after ten wrong logins in a minute, by address', () => {
    expect(() => throttleWith(9, '192.0.2.1').assertMayTry('192.0.2.1')).not.toThrow();
    const throttle = throttleWith(10, '192.0.2.1');
    expect(() => throttle.assertMayTry('192.0.2.2')).not.toThrow();
    expect(() => throttle.assertMayTry('192.0.2.1')).toThrow(
      expect.objectContaining({ code: 'login_limit', retryAfterMs: 60_000 }),
    );
    clock.advance(60_000);
    expect(() => throttle.assertMayTry('192.0.2.1')).not.toThrow();
  });

  it('takes an IPv6 network of 64 bits for one address', () => {
    const throttle = throttleWith(10, '2001:db8:1:2:3:4:5:6');
    for (const address of ['2001:db8:1:2::1', '2001:0DB8:1:2:ffff::']) {
      expect(() => throttle.assertMayTry(address)).toThrow(expect.objectContaining({ code: 'login_limit' }));
    }
    expect(() => throttle.assertMayTry('2001:db8:1:3::1')).not.toThrow();
    expect(() => throttle.assertMayTry('::1')).not.toThrow();
  });

  it('remembers a bounded number of addresses', () => {
    const throttle = throttleWith(10, 'first');
    for (let i = 0; i < 10_000; i++) throttle.failed(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    expect(() => throttle.assertMayTry('first')).not.toThrow();
  });
});
