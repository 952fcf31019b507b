import { ScriptedUpstream } from '../../fakes/scripted-upstream/scripted-upstream.ts';
import type { Scripted } from '../../fakes/scripted-upstream/behaviour.ts';
import { RedisProcess } from '../../support/redis-process.ts';
import { AdminClient } from './admin-client.ts';
import { freePort } from './free-port.ts';
import { GatewayProcess } from './gateway-process.ts';
import { createHome, environmentOf, type Home } from './home.ts';
import { newSecret } from './secrets.ts';
import { until } from './until.ts';

const SIZE = 3;

export interface FleetPool {
  readonly slug: string;
  readonly keys: number;
  /** What the gateway is told. */
  readonly limits?: readonly object[];
  readonly then?: Scripted;
  /** The provider's own group of these keys. */
  readonly group?: string;
}

/** Three gateways on one database and one Redis, in front of one upstream; each keeps its port. */
export class Fleet {
  readonly gateways: GatewayProcess[] = [];
  private readonly started: GatewayProcess[] = [];
  readonly home: Home;
  readonly redis: RedisProcess;
  readonly upstream: ScriptedUpstream;
  readonly ports: readonly number[];

  private constructor(
    home: Home,
    redis: RedisProcess,
    { upstream, ports }: { upstream: ScriptedUpstream; ports: readonly number[] },
  ) {
    this.home = home;
    this.redis = redis;
    this.upstream = upstream;
    this.ports = ports;
  }

  static async open(): Promise<Fleet> {
    const [home, redis, upstream] = await Promise.all([
      createHome(),
      RedisProcess.start(),
      ScriptedUpstream.start(),
    ]);
    const ports: number[] = [];
    while (ports.length < SIZE) ports.push(await freePort());
    const fleet = new Fleet(home, redis, { upstream, ports });
    // The first migrates an empty database; a file of SQLite knows no lock for that.
    await fleet.start(0);
    await Promise.all(ports.slice(1).map((_, at) => fleet.start(at + 1)));
    return fleet;
  }

  async start(at: number): Promise<void> {
    const gateway = await GatewayProcess.start({
      env: {
        ...environmentOf(this.home),
        PORT: String(this.ports[at]),
        REDIS_URL: this.redis.url,
        KEYWHEEL_MAX_WAIT_MS: '200',
        LOG_LEVEL: 'warn',
      },
      cwd: this.home.directory,
      readyTimeoutMs: 90_000,
    });
    this.gateways[at] = gateway;
    this.started.push(gateway);
  }

  /** How often one of all gateways that ever ran went on without Redis. */
  get fallbacks(): number {
    return this.started.reduce((sum, { output }) => sum + output.split('goes on from memory').length - 1, 0);
  }

  admin(at = 0): AdminClient {
    return new AdminClient(this.gateways[at]!.url, this.home.adminToken);
  }

  /** Adds an upstream with keys that behave alike; answers the keys once all gateways know them. */
  async pool({ slug, keys: count, limits = [], then = 'good', group }: FleetPool): Promise<string[]> {
    const keys = Array.from({ length: count }, () => newSecret('sk-proj-'));
    for (const key of keys) this.upstream.keys.set(key, { then, ...(group !== undefined && { group }) });
    await this.admin().addUpstream({ slug, protocol: 'openai', baseUrl: `${this.upstream.url}/v1`, limits });
    await this.admin().addKeys(slug, keys);
    await until(async () => {
      const seen = await Promise.all(this.gateways.map((_, at) => this.keysKnownTo(at, slug)));
      return seen.every((known) => known === count);
    }, `${slug} is known to all`);
    return keys;
  }

  /** When all gateways know the token. */
  async knowToken(token: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    await until(async () => {
      const asked = this.gateways.map(({ url }) => fetch(`${url}/llm/nowhere/models`, { headers }));
      return (await Promise.all(asked)).every(({ status }) => status === 404);
    }, 'the token is known to all');
  }

  /** How many keys this gateway has of the pool. */
  private async keysKnownTo(at: number, slug: string): Promise<number> {
    const { pools } = await this.admin(at).get<{ pools: { upstream: string; total: number }[] }>(
      '/stats/keys',
    );
    return pools.find(({ upstream }) => upstream === slug)?.total ?? 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
    await this.upstream.close();
    await this.redis.end();
    await this.home.remove();
  }
}
