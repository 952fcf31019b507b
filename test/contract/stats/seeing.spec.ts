import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { AccessModule } from '../../../src/access/access.module.js';
import { AdminModule } from '../../../src/admin/admin.module.js';
import { ApiDocument } from '../../../src/admin/api-document.js';
import { configureAdmin } from '../../../src/admin/configure-admin.js';
import { testConfig } from '../../../src/config/config.fixture.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import type { Config } from '../../../src/config/config.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { entities } from '../../../src/entities.js';
import { HealthModule } from '../../../src/health/health.module.js';
import { Clock, SystemClock } from '../../../src/kernel/clock.js';
import { Lifecycle } from '../../../src/kernel/lifecycle.js';
import { RecordingLog } from '../../../src/logging/log.fixture.js';
import { LoggerModule } from '../../../src/logging/logger.module.js';
import { RedisModule } from '../../../src/redis/redis.module.js';
import { SettingsModule } from '../../../src/settings/settings.module.js';
import { callRecord } from '../../../src/stats/call-record.fixture.js';
import { BreakerOverview, PoolOverview, type PoolView } from '../../../src/stats/ports.js';
import { Recorder } from '../../../src/stats/recorder.js';
import { StatsModule } from '../../../src/stats/stats.module.js';
import { NoColleagues } from '../../../src/workers/colleagues.js';
import { WorkersModule } from '../../../src/workers/workers.module.js';

const POOL: PoolView = {
  ...{ upstream: 'openai', total: 2, active: 1, cooling: 1, exhausted: 0, invalid: 0, disabled: 0 },
  ...{ inFlight: 0, waiting: 0, nextReadyAt: 5 },
};
const KEY = { id: 'k1', masked: 'sk-a****wxyz', status: 'active' as const };

class Pools extends PoolOverview {
  pools = async () => [POOL];
  keys = async (upstream: string) => (upstream === 'openai' ? { items: [KEY], total: 1 } : undefined);
}

class NoBreakers extends BreakerOverview {
  breakers = () => [];
}

@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    { provide: PoolOverview, useClass: Pools },
    { provide: BreakerOverview, useClass: NoBreakers },
  ],
  exports: [Clock, PoolOverview, BreakerOverview],
})
class OutsideModule {}

const running: NestExpressApplication[] = [];

async function start(overrides: Partial<Config> = {}) {
  const config = testConfig(overrides);
  const module = await Test.createTestingModule({
    imports: [
      ...[ConfigModule.register(config), LoggerModule.register(new RecordingLog()), OutsideModule],
      ...[DatabaseModule.register({ entities }), RedisModule, SettingsModule, AccessModule, AdminModule],
      ...[ScheduleModule.forRoot(), WorkersModule.register(new NoColleagues()), StatsModule, HealthModule],
    ],
  }).compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureAdmin(app);
  await app.listen(0, '127.0.0.1');
  running.push(app);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const ask = (path: string, token?: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  const admin = config.adminToken.reveal();
  return { app, ask, asAdmin: (path: string) => ask(path, admin), recorder: app.get(Recorder) };
}

afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
});

describe('seeing', () => {
  it('shows statistics to a viewer, with what was counted a moment ago', async () => {
    const { ask, asAdmin, recorder } = await start();
    expect((await ask('/stats')).status).toBe(401);
    recorder.call(callRecord());
    const report = await (await asAdmin('/stats')).json();
    expect(report).toMatchObject({ window: '1h', totals: { calls: 1, successRate: 1 }, outcomes: { ok: 1 } });
    for (const window of ['1m', '1h', '24h', '7d']) {
      expect(await (await asAdmin(`/stats?window=${window}`)).json()).toMatchObject({
        window,
        totals: { calls: 1 },
      });
    }
    const bad = await asAdmin('/stats?window=2h');
    expect(bad.status).toBe(400);
    expect(bad.headers.get('content-type')).toContain('application/problem+json');
  });

  it('has written everything when it ends', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'keywheel-test-'));
    const database = { kind: 'sqlite' as const, path: join(directory, 'keywheel.db') };
    const first = await start({ database });
    first.recorder.call(callRecord());
    await first.app.close();
    const second = await start({ database });
    expect(await (await second.asAdmin('/stats')).json()).toMatchObject({ totals: { calls: 1 } });
    await second.app.close();
    await rm(directory, { recursive: true });
  });

  it('shows pools and, asked for one, its keys', async () => {
    const { ask, asAdmin } = await start();
    for (const path of ['/stats/keys', '/keys_status']) {
      expect((await ask(path)).status).toBe(401);
      expect(await (await asAdmin(path)).json()).toMatchObject({ pools: [POOL] });
    }
    expect(await (await asAdmin('/stats/keys?upstream=openai')).json()).toMatchObject({
      keys: { items: [KEY], page: 1, total: 1 },
    });
    expect((await asAdmin('/stats/keys?upstream=nobody')).status).toBe(404);
  });

  it('keeps metrics for viewers, unless they are public', async () => {
    const { ask, asAdmin } = await start();
    expect((await ask('/metrics')).status).toBe(401);
    expect((await ask('/metrics', 'wrong')).status).toBe(401);
    const metrics = await asAdmin('/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await metrics.text()).toContain('keywheel_keys{upstream="openai",status="cooling"} 1');
    const open = await start({ metricsPublic: true });
    expect((await open.ask('/metrics')).status).toBe(200);
  });

  it('tells anyone whether it lives and is ready, and a viewer why', async () => {
    const { app, ask, asAdmin } = await start();
    const lifecycle = app.get(Lifecycle);
    expect((await ask('/health/live')).status).toBe(200);
    expect((await ask('/health/ready')).status).toBe(503);
    lifecycle.state = 'ready';
    const ready = await ask('/health/ready');
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }]);
    expect(await (await ask('/health')).json()).toEqual({ status: 'ok' });
    expect(await (await asAdmin('/health')).json()).toMatchObject({
      status: 'ok',
      checks: {
        database: { status: 'up' },
        changes: { status: 'up' },
        redis: { status: 'up', state: 'absent' },
        keys: { status: 'up', pools: 1, withoutActiveKey: [] },
      },
    });
    lifecycle.state = 'draining';
    const draining = await ask('/health/ready');
    expect([draining.status, await draining.json()]).toEqual([503, { status: 'draining' }]);
    expect((await ask('/health')).status).toBe(503);
    expect((await ask('/health/live')).status).toBe(200);
  });

  it('welcomes with its name, version and links', async () => {
    const { ask } = await start();
    const welcome = (await (await ask('/')).json()) as { version: string };
    expect(welcome).toMatchObject({ name: 'Keywheel', links: { docs: '/docs', health: '/health' } });
    expect(welcome.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('describes all of it', async () => {
    const { app } = await start();
    const paths = Object.keys(app.get(ApiDocument).get()?.paths ?? {});
    expect(paths).toEqual(
      expect.arrayContaining([
        '/',
        '/health',
        '/health/live',
        '/health/ready',
        '/stats',
        '/stats/keys',
        '/keys_status',
        '/metrics',
      ]),
    );
  });
});
