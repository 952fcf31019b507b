import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccessToken, TokenLimits } from '../../../src/access/access-token.js';
import { TokenAdmission } from '../../../src/access/token-admission.js';
import { TokenLimiter, type TokenReservation } from '../../../src/access/token-limiter.js';
import { SystemClock } from '../../../src/kernel/clock.js';
import { KeywheelError } from '../../../src/kernel/errors.js';
import { canStartRedis, RedisProcess } from '../../support/redis-process.js';
import { openSharedRedis, type SharedRedis } from './support/shared-redis.js';

interface Instance {
  readonly redis: SharedRedis;
  readonly admission: TokenAdmission;
}

const tokenWith = (limits: TokenLimits): AccessToken => ({
  id: 't',
  name: 't',
  role: 'client',
  scopes: {},
  limits,
});

describe.skipIf(!canStartRedis())('limits of access tokens over two instances', () => {
  let server: RedisProcess;
  let all: Instance[];

  beforeEach(async () => {
    server = await RedisProcess.start();
    const prefix = `kwtest:${randomUUID()}:`;
    all = await Promise.all(
      [1, 2].map(async () => {
        const redis = await openSharedRedis(server.url, prefix, { answerMs: 1_000, patienceMs: 200 });
        return {
          redis,
          admission: new TokenAdmission(new TokenLimiter(new SystemClock()), new SystemClock(), redis.link),
        };
      }),
    );
    await expect.poll(() => all.map(({ redis }) => redis.link.portion.instances)).toEqual([2, 2]);
  });

  afterEach(async () => {
    server.thaw();
    await Promise.all(all.map(({ redis }) => redis.close()));
    await server.end();
  });

  const ask = async ({ admission }: Instance, token: AccessToken, tokens = 0) => {
    try {
      return await admission.reserve(token, tokens);
    } catch (error) {
      if (error instanceof KeywheelError) return error;
      throw error;
    }
  };
  const letIn = async (token: AccessToken, calls: number, tokens = 0) => {
    const answers = await Promise.all(
      all.flatMap((one) => Array.from({ length: calls }, () => ask(one, token, tokens))),
    );
    return answers.filter((answer) => !(answer instanceof KeywheelError)) as TokenReservation[];
  };

  it.each<[string, TokenLimits, number]>([
    ['rpm', { rpm: 7 }, 7],
    ['rpd', { rpd: 5 }, 5],
    ['concurrency', { concurrency: 3 }, 3],
    ['tpm', { tpm: 40 }, 4],
  ])('%s is exact in total', async (_, limits, most) => {
    const token = tokenWith(limits);
    expect(await letIn(token, 10, 10)).toHaveLength(most);
    const refused = await ask(all[1]!, token, 10);
    expect(refused).toMatchObject({ code: 'token_limit', status: 429 });
  });

  it('what a call really took is known to all, and its slot comes free', async () => {
    const token = tokenWith({ tpm: 100, concurrency: 1 });
    const [first, second] = all as [Instance, Instance];
    const held = (await ask(first, token, 90)) as TokenReservation;
    expect(await ask(second, token, 5)).toBeInstanceOf(KeywheelError);
    first.admission.settle(held, { tokens: 10 });
    await expect.poll(() => ask(second, token, 80)).not.toBeInstanceOf(KeywheelError);
  });

  it('a budget is one for all', async () => {
    const token = tokenWith({ budget: 1 });
    const [first, second] = all as [Instance, Instance];
    for (const one of all) one.admission.settle((await ask(one, token)) as TokenReservation, { cost: 0.6 });
    for (const one of [second, first]) {
      await expect
        .poll(() => ask(one, token))
        .toMatchObject({ code: 'token_limit', retryAfterMs: undefined });
    }
  });

  it('without redis each has its part, and what it took is counted when redis is back', async () => {
    const token = tokenWith({ rpm: 9 });
    await server.kill();
    expect(await letIn(token, 9)).toHaveLength(9);
    await server.up();
    await expect
      .poll(() => all.map(({ redis }) => redis.link.mode), { timeout: 20_000 })
      .toEqual(['shared', 'shared']);
    expect(await letIn(token, 3)).toHaveLength(0);
  });

  it('a token without limits is let in at once', () => {
    expect(all[0]!.admission.reserve(tokenWith({}), 5)).not.toBeInstanceOf(Promise);
  });
});
