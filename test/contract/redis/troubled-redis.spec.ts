import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LinkOptions } from '../../../src/redis/redis-link.js';
import { canStartRedis, RedisProcess } from '../../support/redis-process.js';
import { Instance, key } from './support/instance.js';
import { LaggingRedis } from './support/lagging-redis.js';

const until = (ask: () => unknown) => expect.poll(ask, { timeout: 20_000, interval: 10 });

describe.skipIf(!canStartRedis())('a redis in trouble', () => {
  let server: RedisProcess;
  let lagging: LaggingRedis;
  let all: Instance[];

  beforeEach(async () => {
    server = await RedisProcess.start();
    lagging = await LaggingRedis.before(server.port);
    all = [];
  });

  afterEach(async () => {
    lagging.lagMs = 0;
    await Promise.all(all.map((one) => one.end()));
    await lagging.close();
    await server.end();
  });

  const modes = () => all.map((one) => one.redis.link.mode);
  const start = async (url: string, options: Partial<LinkOptions>) => {
    const prefix = `kwtest:${randomUUID()}:`;
    all = await Promise.all([1, 2].map(() => Instance.start(url, prefix, options)));
    for (const one of all)
      await one.pool([key('few', { limits: [{ rpm: 10 }] }), key('many', { limits: [{ rpm: 100_000 }] })]);
    await until(() => all.map((one) => one.redis.link.portion.instances)).toEqual([2, 2]);
  };
  const grantedInAll = async (calls: number, only = 'few') => {
    const got = await Promise.all(all.map((one) => one.granted(calls, { only })));
    return got.reduce((a, b) => a + b, 0);
  };
  const told = (one: Instance) =>
    one.redis.log.lines.filter(({ level }) => level === 'warn' || level === 'info').length;
  const ask = async <T>(work: (client: Redis) => Promise<T>): Promise<T> => {
    const client = new Redis(server.url);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  };
  const forgetCounts = () => ask((client) => client.config('RESETSTAT'));
  /** Scripts that all instances have sent. */
  const scripts = async () => {
    const stats = await ask((client) => client.info('commandstats'));
    const counts = [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  };

  it('slow, by the time-out of the product: each goes on with its part, and what comes late does not count', async () => {
    await start(lagging.url, { patienceMs: 100 });
    lagging.lagMs = 400;
    expect(await grantedInAll(10)).toBe(10);
    expect(modes()).toEqual(['alone', 'alone']);
    lagging.lagMs = 0;
    await until(modes).toEqual(['shared', 'shared']);
    expect(await grantedInAll(3)).toBe(0);
    expect(await grantedInAll(50, 'many')).toBe(100);
  });

  it('restarted empty within a moment: everybody tells what was used, and nobody went alone', async () => {
    await start(server.url, { answerMs: 5_000, patienceMs: 15_000 });
    for (const one of all) expect(await one.granted(4, { only: 'few' })).toBe(4);
    await server.kill();
    await server.up();
    expect(await grantedInAll(5)).toBe(2);
    expect(all.map((one) => one.redis.link.fallbacks)).toEqual([0, 0]);
    expect(all.map(told)).toEqual([1, 1]);
  });

  it('cut: calls that have waited for it come back in few scripts', async () => {
    await start(server.url, { answerMs: 5_000, patienceMs: 15_000 });
    await forgetCounts();
    await ask((client) => client.client('KILL', 'TYPE', 'normal'));
    await until(modes).not.toContain('shared');
    expect(await grantedInAll(500, 'many')).toBe(1000);
    expect(await scripts()).toBeLessThan(100);
  });

  it('back: what was used without it is told in few scripts', async () => {
    await start(server.url, { answerMs: 5_000, patienceMs: 50 });
    await server.kill();
    await until(modes).toEqual(['alone', 'alone']);
    expect(await grantedInAll(500, 'many')).toBe(1000);
    await server.up();
    await until(modes).toEqual(['shared', 'shared']);
    expect(await scripts()).toBeLessThan(100);
  });

  it('late at the start: it is waited for', async () => {
    await server.kill();
    const options = { answerMs: 5_000, patienceMs: 15_000 };
    const started = Instance.start(server.url, `kwtest:${randomUUID()}:`, options);
    await server.up();
    all = [await started];
    expect(modes()).toEqual(['shared']);
    expect(all[0]!.redis.link.fallbacks).toBe(0);
  });

  it('out at the start: instances come together once it is there', async () => {
    await server.kill();
    const prefix = `kwtest:${randomUUID()}:`;
    all = await Promise.all([1, 2].map(() => Instance.start(server.url, prefix, { answerMs: 1_000 })));
    for (const one of all) await one.pool([key('few', { limits: [{ rpm: 10 }] })]);
    expect(modes()).toEqual(['alone', 'alone']);
    await server.up();
    await until(modes).toEqual(['shared', 'shared']);
    expect(await grantedInAll(10)).toBe(10);
    expect(all.map(told)).toEqual([2, 2]);
  });
});
