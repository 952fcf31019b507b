import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/kernel/verdict.js';
import { serverFor, TEST_REDIS_URL } from '../../support/servers.js';
import { Instance, key } from './support/instance.js';

const LIMITED: Verdict = {
  blame: 'quota',
  reason: 'rate_limited',
  effect: { to: 'cooling', share: 'key', models: 'all', until: Date.now() + 300_000 },
  retry: 'next_key',
};

const soon = <T>(ask: () => T) => expect.poll(ask, { timeout: 10_000, interval: 10 });

describe.skipIf(!(await serverFor('Redis', TEST_REDIS_URL, 6379)))('three instances on one redis', () => {
  let prefix: string;
  let all: Instance[];

  beforeEach(async () => {
    prefix = `kwtest:${randomUUID()}:`;
    all = await Promise.all([1, 2, 3].map(() => Instance.start(TEST_REDIS_URL, prefix)));
  });

  afterEach(() => Promise.all(all.map((one) => one.end())));

  const pools = (keys: Parameters<Instance['pool']>[0]) => Promise.all(all.map((one) => one.pool(keys)));
  const grantedInAll = async (calls: number, pick = {}) => {
    const got = await Promise.all(all.map((one) => one.granted(calls, pick)));
    return got.reduce((a, b) => a + b, 0);
  };

  it('grant as many requests a minute as declared, in total', async () => {
    await pools([key('a', { limits: [{ rpm: 20 }] }), key('b', { limits: [{ rpm: 10 }] })]);
    expect(await grantedInAll(30)).toBe(30);
    expect(await grantedInAll(5)).toBe(0);
  });

  it('share tokens, days and patterns of models', async () => {
    await pools([
      key('a', {
        limits: [
          { models: 'm*', tpm: 100 },
          { models: 'n', rpd: 7 },
        ],
      }),
    ]);
    expect(await grantedInAll(5, { model: 'm1', tokens: 10 })).toBe(10);
    expect(await grantedInAll(5, { model: 'n' })).toBe(7);
    expect(await grantedInAll(1, { model: 'o' })).toBe(3);
  });

  it('share the limits of a quota group', async () => {
    const group = { quotaGroup: 'g', limits: [{ rpm: 9 }] };
    await pools([key('a', group), key('b', group)]);
    expect(await grantedInAll(10)).toBe(9);
  });

  it('give tokens back for all', async () => {
    await pools([key('a', { limits: [{ tpm: 100 }] })]);
    const [first, second] = all as [Instance, Instance];
    const grant = await first.take({ tokens: 90 });
    expect(await second.granted(1, { tokens: 50 })).toBe(0);
    first.settle(grant, undefined, 10);
    await soon(() => first.granted(1, { tokens: 50 })).toBe(1);
  });

  it('hear of a slot that comes free elsewhere', async () => {
    await pools([key('a', { limits: [{ concurrency: 1 }] })]);
    const [first, second] = all as [Instance, Instance];
    const grant = await first.take();
    expect(await second.ask()).toMatchObject({ keyId: undefined, why: 'busy', early: true });
    second.freed.length = 0;
    first.settle(grant);
    await soon(() => second.freed.length).toBeGreaterThan(0);
    expect(await second.granted(2)).toBe(1);
  });

  it('never hold more slots than declared while all take and give', async () => {
    await pools([key('a', { limits: [{ concurrency: 2 }] }), key('b', { limits: [{ concurrency: 1 }] })]);
    let held = 0;
    let most = 0;
    let done = 0;
    const lane = async (one: Instance) => {
      while (done < 200) {
        const answer = await one.ask();
        if (answer.keyId === undefined) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          continue;
        }
        most = Math.max(most, (held += 1));
        await new Promise((resolve) => setTimeout(resolve, 1));
        held -= 1;
        done += 1;
        one.settle(answer);
      }
    };
    await Promise.all(all.flatMap((one) => [lane(one), lane(one)]));
    expect(most).toBe(3);
  });

  it('know what a verdict said to one of them, and that it is over', async () => {
    await pools([key('a'), key('b')]);
    const [first, second, third] = all as [Instance, Instance, Instance];
    const grant = await first.take({ only: 'a' });
    first.settle(grant, LIMITED);
    for (const one of [second, third]) {
      await soon(() => one.state.state('u', Date.now(), ['a'])[0]?.status).toBe('cooling');
      expect((await one.take()).keyId).toBe('b');
    }
    third.state.lift('u', 'a');
    for (const one of all) {
      await soon(() => one.state.state('u', Date.now(), ['a'])[0]?.status).toBe('free');
    }
  });

  it('know that a group is exhausted, and that a key is refused', async () => {
    await pools([key('a', { quotaGroup: 'g' }), key('b', { quotaGroup: 'g' }), key('c')]);
    const [first, second] = all as [Instance, Instance];
    const effect = { ...LIMITED.effect!, to: 'exhausted', share: 'group' } as const;
    first.settle(await first.take({ only: 'a' }), { ...LIMITED, effect });
    await soon(() => second.state.state('u', Date.now(), ['b'])[0]?.status).toBe('exhausted');
    const invalid = { to: 'invalid', share: 'key', models: 'all' } as const;
    first.settle(await first.take({ only: 'c' }), { ...LIMITED, effect: invalid });
    await soon(() => second.state.state('u', Date.now(), ['c'])[0]?.status).toBe('invalid');
  });

  it('let one of them try out a key whose rest is over', async () => {
    await pools([key('a')]);
    const [first, second] = all as [Instance, Instance];
    const effect = { ...LIMITED.effect!, until: Date.now() + 200 };
    first.settle(await first.take(), { ...LIMITED, effect });
    await soon(() => second.state.state('u', Date.now(), ['a'])[0]?.status).toBe('cooling');
    await soon(() => first.state.state('u', Date.now(), ['a'])[0]?.status).toBe('free');
    const grants = await Promise.all(all.map((one) => one.ask()));
    const lent = grants.filter(({ keyId }) => keyId !== undefined);
    expect(lent).toHaveLength(1);
    const at = grants.indexOf(lent[0]!);
    all[at]!.settle(lent[0] as Awaited<ReturnType<Instance['take']>>);
    await soon(async () => (await all[(at + 1) % 3]!.ask()).keyId).toBe('a');
  });

  it('one that comes later knows what was said and used before', async () => {
    const keys = [key('a', { limits: [{ rpm: 3 }] }), key('b')];
    await pools(keys);
    const [first] = all as [Instance];
    for (let n = 0; n < 3; n += 1) first.settle(await first.take({ only: 'a' }));
    first.settle(await first.take({ only: 'b' }), LIMITED);
    const late = await Instance.start(TEST_REDIS_URL, prefix);
    all.push(late);
    await late.pool(keys);
    await soon(() => late.state.state('u', Date.now(), ['b'])[0]?.status).toBe('cooling');
    expect(await late.granted(1)).toBe(0);
  });

  it('learn of many full keys in a few questions', async () => {
    const keys = Array.from({ length: 500 }, (_, n) => key(`k${n}`, { limits: [{ rpm: 1 }] }));
    await pools(keys);
    const [first, second] = all as [Instance, Instance];
    expect(await first.granted(500)).toBe(500);
    let asked = 0;
    const { client } = second.redis.link;
    const evalsha = client.evalsha.bind(client);
    client.evalsha = ((...args: Parameters<typeof evalsha>) => {
      asked += args.length > 20 ? 1 : 0;
      return evalsha(...args);
    }) as typeof evalsha;
    expect(await second.granted(1)).toBe(0);
    expect(asked).toBeLessThan(5);
  });
});
