import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canStartRedis } from '../support/redis-process.ts';
import { Fleet } from './support/fleet.ts';
import { until } from './support/until.ts';

const CALLS_OF_TOKEN = 25;

async function call(url: string, token: string, slug: string): Promise<number> {
  const response = await fetch(`${url}/llm/${slug}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

describe.skipIf(!canStartRedis())('several instances on one redis', () => {
  let fleet: Fleet;
  let token: string;

  beforeAll(async () => {
    fleet = await Fleet.open();
    token = (await fleet.admin().createToken()).secret;
    await fleet.knowToken(token);
  });

  afterAll(() => fleet.close());

  const statuses = async (slug: string) => {
    const all = await Promise.all(fleet.gateways.map((_, at) => fleet.admin(at).keys(slug)));
    return all.map((keys) => keys.map(({ status }) => status));
  };
  const callAll = (slug: string) =>
    Promise.all(fleet.gateways.map(({ url }) => call(url, token, slug).catch(() => 0)));

  it('never exceed the limits of a token in total', async () => {
    await fleet.pool({ slug: 'open', keys: 2 });
    const { secret } = await fleet.admin().createToken({ limits: { rpm: CALLS_OF_TOKEN } });
    await fleet.knowToken(secret);
    const answers = await Promise.all(
      fleet.gateways.flatMap(({ url }) => Array.from({ length: 20 }, () => call(url, secret, 'open'))),
    );
    expect(new Set(answers)).toEqual(new Set([200, 429]));
    expect(answers.filter((status) => status === 200)).toHaveLength(CALLS_OF_TOKEN);
  });

  it('a verdict that one learns is known to all', async () => {
    await fleet.pool({ slug: 'verdicts', keys: 1, then: { kind: 'rate_limited', retryAfter: 120 } });
    await call(fleet.gateways[0]!.url, token, 'verdicts');
    await until(
      async () => (await statuses('verdicts')).every(([status]) => status === 'cooling'),
      'all know that the key cools',
    );
  });

  it('ask an upstream once for its models', async () => {
    const [key] = await fleet.pool({ slug: 'asked', keys: 1 });
    const lists = await Promise.all(
      fleet.gateways.map(async ({ url }) => {
        const headers = { authorization: `Bearer ${token}` };
        const answer = await fetch(`${url}/v1/models`, { headers });
        return (await answer.json()) as { data: unknown[] };
      }),
    );
    for (const { data } of lists) expect(data.length).toBeGreaterThan(0);
    expect(fleet.upstream.callsWith(key!).map(({ method }) => method)).toEqual(['GET']);
  });

  it('go on without redis, say so, and come back', async () => {
    await fleet.pool({ slug: 'through', keys: 2, limits: [{ rpm: 1000 }] });
    await fleet.redis.kill();
    const health = (at: number) =>
      fleet.admin(at).get<{ status: string; checks: { redis: { status: string } } }>('/health');
    await until(async () => (await health(1)).checks.redis.status === 'degraded', 'health tells of it');
    expect(await callAll('through')).toEqual([200, 200, 200]);
    const metrics = await fleet.admin(1).get<string>('/metrics');
    expect(metrics).toMatch(/^keywheel_redis_up 0$/m);
    expect(metrics).toMatch(/^keywheel_redis_fallbacks_total [1-9]/m);
    await fleet.redis.up();
    await until(async () => (await health(1)).checks.redis.status === 'up', 'redis is back');
    expect(await callAll('through')).toEqual([200, 200, 200]);
  });
});
