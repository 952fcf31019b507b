import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoginThrottle } from '../../../src/access/login-throttle.js';
import { SharedLogins } from '../../../src/access/shared-logins.js';
import { SystemClock } from '../../../src/kernel/clock.js';
import { canStartRedis, RedisProcess } from '../../support/redis-process.js';
import { openSharedRedis, type SharedRedis } from './support/shared-redis.js';

const RULES = { windowMs: 60_000, allowed: 10, mostAddresses: 50 };
const ADDRESS = '192.0.2.1';

describe.skipIf(!canStartRedis())('wrong logins over two instances', () => {
  let server: RedisProcess;
  let all: SharedRedis[];
  let prefix: string;

  beforeEach(async () => {
    server = await RedisProcess.start();
    prefix = `kwtest:${randomUUID()}:`;
    const options = { answerMs: 1_000, patienceMs: 50 };
    all = [
      await openSharedRedis(server.url, prefix, options),
      await openSharedRedis(server.url, prefix, options),
    ];
  });

  afterEach(async () => {
    await Promise.all(all.map((one) => one.close()));
    await server.end();
  });

  const throttles = (rules = RULES) =>
    all.map(({ link }) => new LoginThrottle(new SystemClock(), new SharedLogins(link), rules));
  const countedOf = async (tries: readonly Promise<void>[]) =>
    (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled').length;

  it('are ten a minute in total', async () => {
    const [first, second] = throttles() as [LoginThrottle, LoginThrottle];
    const tries = Array.from({ length: 8 }, () => [first.failed(ADDRESS), second.failed(ADDRESS)]).flat();
    expect(await countedOf(tries)).toBe(10);
    for (const one of [first, second]) {
      const refusal = await one.assertMayTry(ADDRESS).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: 'login_limit' });
      expect((refusal as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
      expect((refusal as { retryAfterMs: number }).retryAfterMs).toBeLessThanOrEqual(60_000);
      await one.assertMayTry('192.0.2.2');
    }
  });

  it('are forgotten after the window', async () => {
    const [first, second] = throttles({ ...RULES, windowMs: 200 }) as [LoginThrottle, LoginThrottle];
    expect(await countedOf(Array.from({ length: 10 }, () => first.failed(ADDRESS)))).toBe(10);
    await expect
      .poll(
        () =>
          second.assertMayTry(ADDRESS).then(
            () => true,
            () => false,
          ),
        { interval: 20 },
      )
      .toBe(true);
  });

  it('are remembered of a bounded number of addresses', async () => {
    const [first] = throttles() as [LoginThrottle];
    for (let n = 0; n < 80; n += 1) await first.failed(`10.0.0.${n}`);
    const { client } = all[0]!.link;
    expect(await client.hlen(`${prefix}{logins}`)).toBe(50);
    expect(await client.zcard(`${prefix}{logins}:age`)).toBe(50);
    expect(await client.hkeys(`${prefix}{logins}`)).not.toContain('10.0.0.29');
  });

  it('are counted by each for itself while redis is out', async () => {
    const [first, second] = throttles() as [LoginThrottle, LoginThrottle];
    expect(await countedOf(Array.from({ length: 4 }, () => first.failed(ADDRESS)))).toBe(4);
    await server.kill();
    for (const one of all) await expect.poll(() => one.link.mode).toBe('alone');
    expect(await countedOf(Array.from({ length: 20 }, () => first.failed(ADDRESS)))).toBe(6);
    expect(await countedOf(Array.from({ length: 20 }, () => second.failed(ADDRESS)))).toBe(10);
  });
});
