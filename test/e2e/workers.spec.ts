import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ScriptedUpstream } from '../fakes/scripted-upstream/scripted-upstream.ts';
import { canStartRedis, RedisProcess } from '../support/redis-process.ts';
import { AdminClient } from './support/admin-client.ts';
import { atOnce } from './support/at-once.ts';
import { freePort } from './support/free-port.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { createHome, environmentOf, type Home } from './support/home.ts';
import { raw } from './support/raw.ts';
import { newSecret } from './support/secrets.ts';
import { until } from './support/until.ts';

const RPM = 20;
const WRONG_LOGINS = 10;

interface WorkersCheck {
  readonly status: string;
  readonly workers: readonly { worker: number; pid: number; state: string }[];
}

describe('several workers that cannot be', () => {
  let home: Home;

  beforeEach(async () => void (home = await createHome()));
  afterEach(() => home.remove());

  const exitOf = async (env: Record<string, string>) => {
    const gateway = GatewayProcess.launch({
      env: { ...environmentOf(home), ...env },
      cwd: home.directory,
    });
    return { ...(await gateway.ended), output: gateway.output };
  };

  it('are refused without a Redis, in words that say what to set', async () => {
    const { code, output } = await exitOf({ WORKERS: '2', LOG_LEVEL: 'loud' });
    expect(code).toBe(78);
    expect(output).toMatch(/WORKERS: 2 processes share .* set REDIS_URL, or WORKERS=1/);
    expect(output).toContain('LOG_LEVEL: must be one of');
  });

  it('are not tried again where the database cannot be used', async () => {
    const { code, output } = await exitOf({
      WORKERS: '2',
      REDIS_URL: 'redis://127.0.0.1:1',
      DATABASE_URL: 'sqlite:/dev/null/keywheel.db',
    });
    expect(code).toBe(78);
    expect(output).toContain('DATABASE_URL: the better-sqlite3 database');
    expect(output).not.toContain('another one takes its place');
  });
});

describe.skipIf(!canStartRedis())('two workers', () => {
  let home: Home;
  let redis: RedisProcess;
  let upstream: ScriptedUpstream;
  let gateway: GatewayProcess;
  let adminPort: number;
  let admin: AdminClient;
  let token: string;

  beforeAll(async () => {
    adminPort = await freePort();
    [home, redis, upstream] = await Promise.all([
      createHome(),
      RedisProcess.start(),
      ScriptedUpstream.start(),
    ]);
    gateway = await start();
    admin = new AdminClient(adminUrl(), home.adminToken);
    token = (await admin.createToken()).secret;
  });

  afterAll(async () => {
    await gateway.stop();
    await upstream.close();
    await redis.end();
    await home.remove();
  });

  const adminUrl = () => `http://127.0.0.1:${adminPort}`;
  const start = () =>
    GatewayProcess.start({
      env: {
        ...environmentOf(home),
        WORKERS: '2',
        ADMIN_PORT: String(adminPort),
        REDIS_URL: redis.url,
        KEYWHEEL_MAX_WAIT_MS: '200',
        DRAIN_SECONDS: '20',
      },
      cwd: home.directory,
    });

  const pool = async (slug: string, key: object = {}, limits: object[] = []) => {
    const secret = newSecret('sk-proj-');
    upstream.keys.set(secret, { then: 'good', ...key });
    await admin.addUpstream({ slug, protocol: 'openai', baseUrl: `${upstream.url}/v1`, limits });
    await admin.addKeys(slug, [secret]);
    // Changes that one worker made reach the other one a moment later.
    await until(async () => {
      const seen = await atOnce(8, 4, () => raw(adminUrl(), listOf(slug)));
      return seen.every(({ status }) => status === 200);
    }, `${slug} is known to all`);
    return secret;
  };
  const listOf = (slug: string) => ({
    path: `/api/admin/upstreams/${slug}`,
    headers: { authorization: `Bearer ${home.adminToken}` },
  });
  /** On a connection of its own, so that each call may meet another worker. */
  const call = (slug: string, stream = false) =>
    raw(gateway.url, {
      method: 'POST',
      path: `/llm/${slug}/chat/completions`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o-mini',
        messages: [{ role: 'user', content: 'hello' }],
        stream,
      }),
    });
  const statusOf = (slug: string) =>
    call(slug).then(
      ({ status }) => status,
      () => 0,
    );
  const health = async () =>
    (await admin.get<{ checks: { workers: WorkersCheck } }>('/health')).checks.workers;
  const whole = (without?: number) =>
    until(async () => {
      const check = await health().catch(() => undefined);
      const isWhole = check?.status === 'up' && check.workers.every(({ pid }) => pid !== without);
      return isWhole ? check.workers : undefined;
    }, 'both workers are ready');
  const pidsOfCalls = () =>
    new Set(
      gateway.output
        .split('\n')
        .filter((line) => line.includes('"requestId"'))
        .map((line) => (JSON.parse(line) as { pid: number }).pid),
    );
  const callsCounted = async () => {
    const text = await admin.get<string>('/metrics');
    return [...text.matchAll(/^keywheel_calls_total\{.*\} (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  };

  it('serve one port, keep limits together, and are summed', async () => {
    await pool('limited', {}, [{ rpm: RPM }]);
    const before = await callsCounted();
    const statuses = await atOnce(4 * RPM, 8, () => statusOf('limited'));
    expect(statuses.filter((status) => status === 200)).toHaveLength(RPM);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    await until(async () => (await callsCounted()) === before + 4 * RPM, 'all calls are counted');
    await until(() => pidsOfCalls().size === 2, 'both have served');
    const workers = await whole();
    expect(new Set(workers.map(({ pid }) => pid))).toEqual(pidsOfCalls());
    expect(workers.map(({ state }) => state)).toEqual(['ready', 'ready']);
    const stats = () => admin.get<{ totals: { calls: number } }>('/stats?window=1h');
    await until(async () => (await stats()).totals.calls >= 4 * RPM, 'statistics know all calls');
    expect(gateway.output.match(/Keywheel is listening/g)).toHaveLength(1);
  });

  it('show the control plane on its own port alone, and count wrong logins together', async () => {
    const hidden = await atOnce(8, 4, () => raw(gateway.url, listOf('limited')));
    expect(new Set(hidden.map(({ status }) => status))).toEqual(new Set([404]));
    const body = JSON.stringify({ token: 'no-token-of-anybody' });
    const headers = { 'content-type': 'application/json' };
    const tries = await atOnce(4 * WRONG_LOGINS, 8, () =>
      raw(adminUrl(), { method: 'POST', path: '/api/admin/session', headers, body }),
    );
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(WRONG_LOGINS);
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(3 * WRONG_LOGINS);
  });

  it('one that is killed is replaced, and no acknowledged change is lost', async () => {
    await pool('killed');
    const [victim] = await whole();
    const acknowledged: string[] = [];
    let isOver = false;
    const writes = async () => {
      while (!isOver) {
        const made = await admin.createToken({ name: 'kept' }).catch(() => undefined);
        if (made) acknowledged.push(made.id);
      }
    };
    const reads = async () => {
      while (!isOver) await statusOf('killed');
    };
    const counted = await callsCounted();
    const lanes = [writes(), writes(), reads(), reads()];
    await until(() => acknowledged.length > 5, 'changes are made');
    process.kill(victim!.pid, 'SIGKILL');
    const after = await whole(victim!.pid);
    isOver = true;
    await Promise.all(lanes);
    expect(after.map(({ worker }) => worker)).toEqual([1, 2]);
    for (const id of acknowledged) await admin.get(`/api/admin/tokens/${id}`);
    expect(await atOnce(40, 4, () => statusOf('killed'))).toEqual(Array<number>(40).fill(200));
    expect(await callsCounted()).toBeGreaterThanOrEqual(counted);
    expect(gateway.output.match(/another one takes its place/g)).toHaveLength(1);
  });

  it('let running streams finish, end with 0, and start again on the same state', async () => {
    await pool('streams', { then: { kind: 'slow', delayMs: 100 } });
    const streams = Array.from({ length: 6 }, () => call('streams', true));
    await until(
      () => upstream.calls.filter(({ behaviour }) => behaviour === 'slow').length === 6,
      'they run',
    );
    const ended = gateway.stop();
    for (const { status, body } of await Promise.all(streams)) {
      expect(status).toBe(200);
      expect(body.toString()).toMatch(/\[DONE\]\s*$/);
    }
    expect((await ended).code).toBe(0);
    gateway = await start();
    admin = new AdminClient(adminUrl(), home.adminToken);
    await whole();
    expect(await statusOf('killed')).toBe(200);
  });

  it('end with the process that keeps them', async () => {
    const workers = await whole();
    await gateway.stop('SIGKILL');
    await until(() => workers.every(({ pid }) => !lives(pid)), 'no worker is left');
  });
});

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
