import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { Global, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ScheduleModule } from '@nestjs/schedule';
import { Test } from '@nestjs/testing';
import { AccessModule } from '../../../../src/access/access.module.js';
import { AdminModule } from '../../../../src/admin/admin.module.js';
import { configureAdmin } from '../../../../src/admin/configure-admin.js';
import { testConfig } from '../../../../src/config/config.fixture.js';
import { ConfigModule } from '../../../../src/config/config.module.js';
import { parseDatabaseUrl } from '../../../../src/config/database-url.js';
import { DatabaseModule } from '../../../../src/database/database.module.js';
import { entities } from '../../../../src/entities.js';
import { Clock, ManualClock } from '../../../../src/kernel/clock.js';
import { KeysModule } from '../../../../src/keys/keys.module.js';
import { KeyChecker, UpstreamLookup, UpstreamSeeder } from '../../../../src/keys/ports.js';
import { RecordingLog } from '../../../../src/logging/log.fixture.js';
import { LoggerModule } from '../../../../src/logging/logger.module.js';
import { SettingsModule } from '../../../../src/settings/settings.module.js';
import { OrphanKeys } from '../../../../src/keys/sync/orphan-keys.js';
import { ScriptedChecker } from './keys-under-test.js';

/** The upstreams `one` and `two`, with ids `id-one` and `id-two`. */
class TwoUpstreams extends UpstreamLookup {
  override idOf = (slug: string) => (['one', 'two'].includes(slug) ? `id-${slug}` : undefined);
  override slugOf = (id: string) => (['id-one', 'id-two'].includes(id) ? id.slice(3) : undefined);
}

const PORTS = [
  { provide: UpstreamLookup, useClass: TwoUpstreams },
  { provide: KeyChecker, useClass: ScriptedChecker },
  {
    provide: UpstreamSeeder,
    useValue: { ensure: (preset: string) => Promise.resolve({ id: `id-${preset}` }) },
  },
  { provide: Clock, useValue: new ManualClock(Date.now()) },
];

@Global()
@Module({ providers: PORTS, exports: PORTS.map(({ provide }) => provide) })
class TestPortsModule {}

/** The keys room behind the control plane's shell, on a free port. */
export async function startAdmin(url: string) {
  const config = testConfig({ database: parseDatabaseUrl(url) ?? { kind: 'sqlite', path: ':memory:' } });
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.register(config),
      LoggerModule.register(new RecordingLog()),
      TestPortsModule,
      ScheduleModule.forRoot(),
      DatabaseModule.register({ entities }),
      SettingsModule,
      AccessModule,
      AdminModule,
      KeysModule,
    ],
  })
    // These tests have no rows of upstreams.
    .overrideProvider(OrphanKeys)
    .useValue({})
    .compile();
  const app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureAdmin(app);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  if (!server.listening) await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/admin/`;
  const ask = async (method: string, path: string, body?: unknown, type = 'application/json') => {
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${config.adminToken.reveal()}`,
        ...(body !== undefined && { 'content-type': type }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === '' ? undefined : JSON.parse(text),
    };
  };
  return { app, ask, close: () => app.close() };
}

export type AdminUnderTest = Awaited<ReturnType<typeof startAdmin>>;
