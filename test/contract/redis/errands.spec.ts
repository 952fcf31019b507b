import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Errand, Errands } from '../../../src/redis/errands.js';
import { canStartRedis, RedisProcess } from '../../support/redis-process.js';
import { openSharedRedis, type SharedRedis } from './support/shared-redis.js';

describe.skipIf(!canStartRedis())('errands of three instances', () => {
  let server: RedisProcess;
  let all: SharedRedis[];
  let went: number;

  beforeEach(async () => {
    server = await RedisProcess.start();
    const prefix = `kwtest:${randomUUID()}:`;
    const options = { answerMs: 1_000, patienceMs: 50 };
    all = await Promise.all([1, 2, 3].map(() => openSharedRedis(server.url, prefix, options)));
    went = 0;
  });

  afterEach(async () => {
    await Promise.all(all.map((one) => one.close()));
    await server.end();
  });

  const errand = (more: Partial<Errand<string[]>> = {}): Errand<string[]> => ({
    fetch: async () => {
      const time = (went += 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      return [`model ${time}`];
    },
    isForAll: () => true,
    freshMs: 60_000,
    longestMs: 10_000,
    ...more,
  });
  const runAll = (one: Errand<string[]>) =>
    Promise.all(all.map(({ link }) => new Errands(link).run('models', one)));

  it('are run by one, and all get what it brings, now and later', async () => {
    const fetched = [...(await runAll(errand())), ...(await runAll(errand()))];
    expect(fetched.map(({ value }) => value)).toEqual(Array(6).fill(['model 1']));
    for (const { freshMs } of fetched) {
      expect(freshMs).toBeGreaterThan(0);
      expect(freshMs).toBeLessThanOrEqual(60_000);
    }
    expect(went).toBe(1);
  });

  it('are run again once what was brought is old', async () => {
    await runAll(errand({ freshMs: 100 }));
    await expect.poll(async () => (await runAll(errand()))[0]!.value, { interval: 20 }).toEqual(['model 2']);
    expect(went).toBe(2);
  });

  it('are each one’s own where the first came back without', async () => {
    const fetched = await runAll(errand({ isForAll: () => false }));
    expect(new Set(fetched.flatMap(({ value }) => value)).size).toBe(3);
  });

  it('go on where the first throws, or was killed', async () => {
    const [first, second] = all.map(({ link }) => new Errands(link)) as [Errands, Errands];
    const fails = errand({ fetch: () => Promise.reject(new Error('no list')) });
    await expect(first.run('models', fails)).rejects.toThrow('no list');
    expect((await second.run('models', errand())).value).toEqual(['model 1']);
    void first.run('other', errand({ fetch: () => new Promise(() => undefined), longestMs: 200 }));
    expect((await second.run('other', errand())).value).toEqual(['model 2']);
  });

  it('are each one’s own while redis is out', async () => {
    await server.kill();
    for (const { link } of all) await expect.poll(() => link.mode).toBe('alone');
    await runAll(errand());
    expect(went).toBe(3);
  });
});
