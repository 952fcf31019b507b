import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { canStartRedis, RedisProcess } from '../support/redis-process.ts';
import { ScriptedUpstream } from '../fakes/scripted-upstream/scripted-upstream.ts';
import { AdminClient } from './support/admin-client.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { createHome, environmentOf, type Home } from './support/home.ts';
import { newSecret } from './support/secrets.ts';
import { until } from './support/until.ts';

const KEYS = 4;
const RPM = 60;
const CALLS_OF_TOKEN = 25;

/** Three gateways on one database and one Redis, in front of one upstream. */
class Fleet {
  readonly gateways: GatewayProcess[] = [];

  constructor(
    readonly home: Home,
    readonly redis: RedisProcess,
    readonly upstream: ScriptedUpstream,
  ) {}

  async add(): Promise<GatewayProcess> {
    const gateway = await GatewayProcess.start({
      env: { ...environmentOf(this.home), REDIS_URL: this.redis.url, KEYWHEEL_MAX_WAIT_MS: '200' },
      cwd: this.home.directory,
    });
    this.gateways.push(gateway);
    return gateway;
  }

  admin(at = 0): AdminClient {
    return new AdminClient(this.gateways[at]!.url, this.home.adminToken);
  }

  async close(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
    await this.upstream.close();
    await this.redis.end();
    await this.home.remove();
  }
}

async function call(url: string, token: string, slug: string): Promise<number> {
  try {
    const response = await fetch(`${url}/llm/${slug}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] }),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

if (canStartRedis()) {
  let fleet: Fleet;
  let token: string;

  const pool = async (slug: string, count: number, limits: object[] = []) => {
    const keys = Array.from({ length: count }, () => newSecret('sk-proj-'));
    for (const key of keys) fleet.upstream.keys.set(key, { then: 'good' });
    await fleet
      .admin()
      .addUpstream({ slug, protocol: 'openai', baseUrl: `${fleet.upstream.url}/v1`, limits });
    await fleet.admin().addKeys(slug, keys);
    return keys;
  };
  const known = (slug: string) =>
    until(async () => {
      const all = await Promise.all(
        fleet.gateways.map((_, at) =>
          fleet
            .admin(at)
            .keys(slug)
            .catch(() => []),
        ),
      );
      return all.every((keys) => keys.length > 0);
    }, `${slug} is known to all`);

  beforeAll(async () => {
    const [home, redis, upstream] = await Promise.all([
      createHome(),
      RedisProcess.start(),
      ScriptedUpstream.start(),
    ]);
    fleet = new Fleet(home, redis, upstream);
    await fleet.add();
    await fleet.add();
    await fleet.add();
    token = (await fleet.admin().createToken()).secret;
  });

  afterAll(() => fleet.close());

  it('never exceed the limits of keys in total, while instances are killed and connections cut', async () => {
    const limits = { rpm: RPM, concurrency: 3 };
    const keys = await pool('limited', KEYS, [limits]);
    for (const key of keys) fleet.upstream.limits.set(key, limits);
    await known('limited');
    const client = new Redis(fleet.redis.url);
    client.on('error', () => undefined);
    const deadline = Date.now() + 20_000;
    const served = new Map<number, number>();
    const lane = async (at: number) => {
      while (Date.now() < deadline) {
        const status = await call(fleet.gateways[at]!.url, token, 'limited');
        served.set(status, (served.get(status) ?? 0) + 1);
        if (status !== 200) await new Promise((resolve) => setTimeout(resolve, 25));
      }
    };
    const lanes = [0, 1, 2].flatMap((at) => [lane(at), lane(at), lane(at)]);
    const cuts = async () => {
      for (let n = 0; n < 10; n += 1) {
        await new Promise((resolve) => setTimeout(resolve, 400));
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      }
      await fleet.gateways[2]!.stop('SIGKILL');
      const replacement = await fleet.add();
      fleet.gateways.splice(2, 2, replacement);
    };
    await Promise.all([...lanes, cuts()]);
    client.disconnect();
    expect(fleet.upstream.violations).toEqual([]);
    const peaks = keys.map((key) => fleet.upstream.limits.peak(key).requests);
    for (const peak of peaks) expect(peak).toBeGreaterThan(RPM * 0.8);
    expect([...served.keys()].filter((status) => ![0, 200, 429].includes(status))).toEqual([]);
  });

  it('never exceed the limits of a token in total', async () => {
    await pool('open', 2);
    await known('open');
    const { secret } = await fleet.admin().createToken({ limits: { rpm: CALLS_OF_TOKEN } });
    await until(async () => {
      const seen = await Promise.all(fleet.gateways.map(({ url }) => call(url, secret, 'nowhere')));
      return seen.every((status) => status === 404);
    }, 'the token is known to all');
    const statuses = await Promise.all(
      fleet.gateways.flatMap(({ url }) => Array.from({ length: 20 }, () => call(url, secret, 'open'))),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(statuses.filter((status) => status === 200)).toHaveLength(CALLS_OF_TOKEN);
  });

  it('a verdict that one learns is known to all', async () => {
    const [bad] = await pool('verdicts', 1);
    fleet.upstream.keys.set(bad!, { then: { kind: 'rate_limited', retryAfter: 120 } });
    await known('verdicts');
    await call(fleet.gateways[0]!.url, token, 'verdicts');
    await until(async () => {
      const all = await Promise.all(fleet.gateways.map((_, at) => fleet.admin(at).keys('verdicts')));
      return all.every(([key]) => key?.status === 'cooling');
    }, 'all know that the key cools');
  });

  it('go on without redis, say so, and come back', async () => {
    await pool('through', 2, [{ rpm: 1000 }]);
    await known('through');
    await fleet.redis.kill();
    const health = (at: number) =>
      fleet.admin(at).get<{ status: string; checks: { redis: { status: string } } }>('/health');
    await until(async () => (await health(1)).checks.redis.status === 'degraded', 'health tells of it');
    for (const { url } of fleet.gateways) expect(await call(url, token, 'through')).toBe(200);
    const metrics = await fleet.admin(1).get<string>('/metrics');
    expect(metrics).toMatch(/^keywheel_redis_up 0$/m);
    expect(metrics).toMatch(/^keywheel_redis_fallbacks_total [1-9]/m);
    await fleet.redis.up();
    await until(async () => (await health(1)).checks.redis.status === 'up', 'redis is back');
    for (const { url } of fleet.gateways) expect(await call(url, token, 'through')).toBe(200);
  });
} else {
  it.skip('several instances on one redis', () => undefined);
}
