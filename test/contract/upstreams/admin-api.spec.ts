import type { AddressInfo } from 'node:net';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessModule } from '../../../src/access/access.module.js';
import { AdminModule } from '../../../src/admin/admin.module.js';
import { ApiDocument } from '../../../src/admin/api-document.js';
import { configureAdmin } from '../../../src/admin/configure-admin.js';
import { testConfig } from '../../../src/config/config.fixture.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { entities } from '../../../src/entities.js';
import { KernelModule } from '../../../src/kernel.module.js';
import { RecordingLog } from '../../../src/logging/log.fixture.js';
import { LoggerModule } from '../../../src/logging/logger.module.js';
import { UpstreamTable } from '../../../src/upstreams/upstream-table.js';
import { UpstreamsModule } from '../../../src/upstreams/upstreams.module.js';

const config = testConfig();
let app: NestExpressApplication;
let origin: string;

beforeAll(async () => {
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.register(config),
      LoggerModule.register(new RecordingLog()),
      KernelModule,
      DatabaseModule.register({ entities }),
      AccessModule,
      UpstreamsModule,
      AdminModule,
    ],
  }).compile();
  app = module.createNestApplication<NestExpressApplication>({ bodyParser: false, logger: false });
  configureAdmin(app);
  await app.listen(0, '127.0.0.1');
  origin = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}/api/admin/`;
});

afterAll(() => app.close());

async function ask(method: string, path: string, body?: unknown, token = config.adminToken.reveal()) {
  const response = await fetch(origin + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    json: text ? JSON.parse(text) : null,
  };
}

describe('the admin API of upstreams', () => {
  it('lets an upstream live', async () => {
    const made = await ask('POST', 'upstreams', { slug: 'one', preset: 'openai', limits: { rpm: 3 } });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      slug: 'one',
      baseUrl: 'https://api.openai.com/v1',
      limits: [{ rpm: 3 }],
    });
    expect(app.get(UpstreamTable).bySlug('one')?.id).toBe(made.json.id);

    expect((await ask('GET', 'upstreams/one')).json).toEqual(made.json);
    expect((await ask('GET', 'upstreams?pageSize=1')).json).toMatchObject({ items: [made.json], total: 1 });

    const changed = await ask('PATCH', 'upstreams/one', { weight: 7, limits: null });
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ weight: 7, limits: [] });

    expect((await ask('DELETE', 'upstreams/one')).status).toBe(204);
    expect((await ask('GET', 'upstreams/one')).status).toBe(404);
    expect(app.get(UpstreamTable).bySlug('one')).toBeUndefined();
  });

  it('lists the presets', async () => {
    const { status, json } = await ask('GET', 'presets');
    expect(status).toBe(200);
    expect(json).toHaveLength(15);
    expect(json[0]).toMatchObject({
      name: 'openai',
      protocol: 'openai',
      baseUrl: 'https://api.openai.com/v1',
    });
  });

  it('tells every fault as problem+json', async () => {
    const { status, type, json } = await ask('POST', 'upstreams', {
      slug: 'A',
      preset: 'nobody',
      nonsense: 1,
    });
    expect(status).toBe(400);
    expect(type).toContain('application/problem+json');
    expect(json.keywheel_code).toBe('validation_failed');
    expect(json.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'nonsense',
      'preset',
      'slug',
    ]);
  });

  it.each([undefined, [], 'text', 5])('refuses the body %j', async (body) => {
    expect((await ask('POST', 'upstreams', body)).status).toBe(400);
  });

  it('has 409 for a slug that is taken, 404 for one that is not, 401 without a token', async () => {
    await ask('POST', 'upstreams', { slug: 'two', preset: 'groq' });
    expect((await ask('POST', 'upstreams', { slug: 'two', preset: 'groq' })).status).toBe(409);
    expect((await ask('PATCH', 'upstreams/nobody', {})).json).toMatchObject({
      keywheel_code: 'unknown_upstream',
    });
    expect((await ask('DELETE', 'upstreams/nobody')).status).toBe(404);
    expect((await ask('GET', 'upstreams', undefined, 'wrong')).status).toBe(401);
  });

  it('is described', () => {
    const { paths } = app.get(ApiDocument).get()!;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/admin/upstreams', '/api/admin/upstreams/{slug}', '/api/admin/presets']),
    );
    expect(paths['/api/admin/upstreams']?.post?.requestBody).toBeDefined();
  });
});
