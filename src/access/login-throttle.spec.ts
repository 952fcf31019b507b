import { describe, expect, it } from 'vitest';
import { ManualClock } from '../kernel/clock.js';
import { LoginThrottle } from './login-throttle.js';

const clock = new ManualClock(1_000_000);

async function throttleWith(failures: number, address: string): Promise<LoginThrottle> {
  const throttle = new LoginThrottle(clock);
  for (let i = 0; i < failures; i++) await throttle.failed(address);
  return throttle;
}

const mayTry = (throttle: LoginThrottle, address: string) =>
  expect(throttle.assertMayTry(address)).resolves.toBeUndefined();

describe('LoginThrottle', () => {
  it('refuses after ten wrong logins in a minute, by address', async () => {
    await mayTry(await throttleWith(9, '192.0.2.1'), '192.0.2.1');
    const throttle = await throttleWith(10, '192.0.2.1');
    await mayTry(throttle, '192.0.2.2');
    const refusal = { code: 'login_limit', retryAfterMs: 60_000 };
    await expect(throttle.assertMayTry('192.0.2.1')).rejects.toMatchObject(refusal);
    await expect(throttle.failed('192.0.2.1')).rejects.toMatchObject(refusal);
    clock.advance(60_000);
    await mayTry(throttle, '192.0.2.1');
  });

  it('counts wrong logins that come at once', async () => {
    const throttle = new LoginThrottle(clock);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => throttle.failed('192.0.2.1')));
    expect(tries.filter(({ status }) => status === 'rejected')).toHaveLength(10);
  });

  it('takes an IPv6 network of 64 bits for one address', async () => {
    const throttle = await throttleWith(10, '2001:db8:1:2:3:4:5:6');
    for (const address of ['2001:db8:1:2::1', '2001:0DB8:1:2:ffff::']) {
      await expect(throttle.assertMayTry(address)).rejects.toMatchObject({ code: 'login_limit' });
    }
    await mayTry(throttle, '2001:db8:1:3::1');
    await mayTry(throttle, '::1');
  });

  it('remembers a bounded number of addresses', async () => {
    const throttle = await throttleWith(10, 'first');
    for (let i = 0; i < 10_000; i++) await throttle.failed(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
    await mayTry(throttle, 'first');
  });
});
