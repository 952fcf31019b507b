import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import type { Verdict } from '../../../src/kernel/verdict.js';
import { canStartRedis, RedisProcess } from '../../support/redis-process.js';
import { Instance, key } from './support/instance.js';

const EXHAUSTED: Verdict = {
  blame: 'quota',
  reason: 'quota_exceeded',
  effect: { to: 'exhausted', share: 'key', models: 'all', until: Date.now() + 3_600_000 },
  retry: 'next_key',
};

const until = (ask: () => unknown) => expect.poll(ask, { timeout: 20_000, interval: 10 });

describe.skipIf(!canStartRedis())('a redis that breaks', () => {
  let server: RedisProcess;
  let prefix: string;
  let all: Instance[];

  beforeEach(async () => {
    server = await RedisProcess.start();
    prefix = `kwtest:${randomUUID()}:`;
    const options = { answerMs: 1_000, patienceMs: 300 };
    all = await Promise.all([1, 2].map(() => Instance.start(server.url, prefix, options)));
    for (const one of all) {
      await one.pool([
        key('limited', { limits: [{ rpm: 10 }], priority: 1 }),
        key('free'),
        key('off', { out: 'disabled' }),
        key('told'),
      ]);
    }
    await until(() => all.map((one) => one.redis.link.portion.instances)).toEqual([2, 2]);
  });

  afterEach(async () => {
    server.thaw();
    await Promise.all(all.map((one) => one.end()));
    await server.end();
  });

  const modes = () => all.map((one) => one.redis.link.mode);
  const told = (one: Instance) =>
    one.redis.log.lines
      .filter(({ level }) => level === 'warn' || level === 'info')
      .map(({ message }) => message);
  const grantedInAll = async (calls: number) => {
    const got = await Promise.all(all.map((one) => one.granted(calls, { only: 'limited' })));
    return got.reduce((a, b) => a + b, 0);
  };
  const admin = async (...command: [string, ...string[]]) => {
    const client = new Redis(server.url);
    client.on('error', () => undefined);
    await client.call(...command).finally(() => client.disconnect());
  };

  const BREAKS: Readonly<Record<string, { hurt: () => unknown; heal: () => unknown }>> = {
    killed: { hurt: () => server.kill(), heal: () => server.up() },
    frozen: { hurt: () => server.freeze(), heal: () => server.thaw() },
    'a read-only replica': {
      hurt: () => admin('REPLICAOF', '127.0.0.1', '1'),
      heal: () => admin('REPLICAOF', 'NO', 'ONE'),
    },
    'out of memory': {
      hurt: () => admin('CONFIG', 'SET', 'maxmemory', '1'),
      heal: () => admin('CONFIG', 'SET', 'maxmemory', '0'),
    },
  };

  it.each(Object.keys(BREAKS))(
    '%s: calls go on with each instance’s part, and it comes back',
    async (name) => {
      const { hurt, heal } = BREAKS[name]!;
      const [first, second] = all as [Instance, Instance];
      second.settle(await second.take({ only: 'told' }), EXHAUSTED);
      await until(() => first.state.state('u', Date.now(), ['told'])[0]?.status).toBe('exhausted');
      await hurt();
      const granted = await grantedInAll(10);
      expect(granted).toBe(10);
      expect(modes()).toEqual(['alone', 'alone']);
      expect((await first.take({ tried: new Set(['limited']) })).keyId).toBe('free');
      expect(first.redis.link.fallbacks).toBe(1);

      await heal();
      await until(modes).toEqual(['shared', 'shared']);
      expect(await grantedInAll(3)).toBe(0);
      for (const one of all) {
        expect(one.state.state('u', Date.now(), ['told'])[0]?.status).toBe('exhausted');
        expect((await one.ask({ only: 'off' })).keyId).toBeUndefined();
        expect(told(one)).toEqual([
          'redis answers',
          'redis does not answer; this instance goes on from memory',
          'redis answers',
        ]);
      }
    },
  );

  it('flushed: everybody tells again what was used, and what rests', async () => {
    const [first, second] = all as [Instance, Instance];
    for (const one of all) expect(await one.granted(4, { only: 'limited' })).toBe(4);
    first.settle(await first.take({ only: 'told' }), EXHAUSTED);
    await until(() => second.state.state('u', Date.now(), ['told'])[0]?.status).toBe('exhausted');
    await admin('FLUSHALL');
    expect(await grantedInAll(5)).toBe(2);
    expect(second.state.state('u', Date.now(), ['told'])[0]?.status).toBe('exhausted');
    second.state.lift('u', 'told');
    await until(() => first.state.state('u', Date.now(), ['told'])[0]?.status).toBe('free');
  });

  it('cut for a moment: calls wait for it, and nothing is counted twice as free', async () => {
    const lanes = all.map(async (one) => {
      let got = 0;
      for (let n = 0; n < 20; n += 1) {
        got += await one.granted(1, { only: 'limited' });
        if (n % 4 === 0) await admin('CLIENT', 'KILL', 'TYPE', 'normal');
      }
      return got;
    });
    const got = await Promise.all(lanes);
    expect(got.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(10);
    expect(all.map((one) => one.redis.link.fallbacks)).toEqual([0, 0]);
  });

  it('slow: what comes late is given back', async () => {
    const [first] = all as [Instance];
    await admin('DEBUG', 'SLEEP', '0');
    const asked = first.granted(3, { only: 'limited' });
    await asked;
    admin('DEBUG', 'SLEEP', '1.2').catch(() => undefined);
    expect(await grantedInAll(10)).toBeLessThanOrEqual(7);
    await until(modes).toEqual(['shared', 'shared']);
    expect(await grantedInAll(10)).toBeLessThanOrEqual(7);
  });

  it('slots of an instance that is gone come free', async () => {
    const [first, second] = all as [Instance, Instance];
    for (const one of all) await one.state.putKeys('u', [key('slot', { limits: [{ concurrency: 1 }] })]);
    await first.take({ only: 'slot' });
    first.redis.drop();
    await expect
      .poll(async () => (await second.ask({ only: 'slot' })).keyId, { timeout: 45_000, interval: 250 })
      .toBe('slot');
  });
});
