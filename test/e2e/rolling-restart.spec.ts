import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Scripted } from '../fakes/scripted-upstream/behaviour.ts';
import { ScriptedUpstream } from '../fakes/scripted-upstream/scripted-upstream.ts';
import { canStartRedis, RedisProcess } from '../support/redis-process.ts';
import { AdminClient } from './support/admin-client.ts';
import { type Balancer, startBalancer } from './support/balancer.ts';
import { freePort } from './support/free-port.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { createHome, DATABASE, environmentOf, type Home } from './support/home.ts';
import { newSecret } from './support/secrets.ts';
import { until } from './support/until.ts';

describe.skipIf(!canStartRedis())('three instances behind a load balancer', () => {
  let home: Home;
  let redis: RedisProcess;
  let upstream: ScriptedUpstream;
  let ports: number[];
  let gateways: GatewayProcess[] = [];
  let balancer: Balancer | undefined;
  let token: string;

  const start = (port: number) =>
    GatewayProcess.start({
      env: { ...environmentOf(home), PORT: String(port), REDIS_URL: redis.url, DRAIN_SECONDS: '20' },
      cwd: home.directory,
      readyTimeoutMs: 90_000,
    });
  const admin = (at: number) => new AdminClient(gateways[at]!.url, home.adminToken);
  const call = (slug: string, stream: boolean) =>
    balancer!.post(
      `/llm/${slug}/chat/completions`,
      { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }], stream }),
    );
  const pool = async (slug: string, then: Scripted) => {
    const key = newSecret('sk-proj-');
    upstream.keys.set(key, { then });
    await admin(0).addUpstream({ slug, protocol: 'openai', baseUrl: `${upstream.url}/v1` });
    await admin(0).addKeys(slug, [key]);
  };
  const pools = async (at: number) => {
    const { pools: seen } = await admin(at).get<{ pools: { upstream: string }[] }>('/stats/keys');
    return seen.map((each) => each.upstream);
  };
  const knownToAll = (slug: string) =>
    until(
      async () => (await Promise.all(gateways.map((_, at) => pools(at)))).every((all) => all.includes(slug)),
      `${slug} is known to all`,
    );

  beforeAll(async () => {
    [home, redis, upstream] = await Promise.all([
      createHome(),
      RedisProcess.start(),
      ScriptedUpstream.start(),
    ]);
    ports = [await freePort(), await freePort(), await freePort()];
    // All at once on an empty database; a file of SQLite is migrated by its first.
    if (DATABASE === 'sqlite') {
      const first = await start(ports[0]!);
      gateways = [first, ...(await Promise.all(ports.slice(1).map(start)))];
    } else gateways = await Promise.all(ports.map(start));
    balancer = await startBalancer(ports);
    token = (await admin(0).createToken()).secret;
  });

  afterAll(async () => {
    await balancer?.close();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await upstream.close();
    await redis.end();
    await home.remove();
  });

  it('instances that start at once on an empty database agree on it', async () => {
    await pool('first', 'good');
    await knownToAll('first');
    for (const gateway of gateways) expect(gateway.output).not.toMatch(/"level":"(error|fatal)"/);
  });

  it('a rolling restart under load fails no call and cuts no stream', async () => {
    await pool('quick', 'good');
    await pool('long', { kind: 'slow', delayMs: 200 });
    await knownToAll('long');
    let isOver = false;
    const quick: number[] = [];
    const long: string[] = [];
    const calls = async () => {
      while (!isOver)
        quick.push(
          await call('quick', false).then(
            ({ status }) => status,
            () => 0,
          ),
        );
    };
    const streams = async () => {
      while (!isOver) long.push(await call('long', true).then(({ body }) => body, String));
    };
    const lanes = [calls(), calls(), calls(), streams(), streams(), streams()];
    for (const [at, port] of ports.entries()) {
      const served = quick.length;
      expect((await gateways[at]!.stop()).code).toBe(0);
      gateways[at] = await start(port);
      await until(() => quick.length > served + 20, 'calls go on');
    }
    isOver = true;
    await Promise.all(lanes);
    expect(new Set(quick)).toEqual(new Set([200]));
    expect(long.filter((body) => !/\[DONE\]\s*$/.test(body))).toEqual([]);
  });

  it('a change is known to all', async () => {
    await admin(1).changeUpstream('quick', { enabled: false });
    await until(async () => {
      const statuses = await Promise.all(Array.from({ length: 6 }, () => call('quick', false)));
      return statuses.every(({ status }) => status === 404);
    }, 'no instance serves what is off');
  });
});
