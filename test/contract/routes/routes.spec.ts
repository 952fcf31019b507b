import { Global, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testConfig } from '../../../src/config/config.fixture.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { parseDatabaseUrl } from '../../../src/config/database-url.js';
import { DatabaseModule } from '../../../src/database/database.module.js';
import { entities } from '../../../src/entities.js';
import { KernelModule } from '../../../src/kernel.module.js';
import { RecordingLog } from '../../../src/logging/log.fixture.js';
import { LoggerModule } from '../../../src/logging/logger.module.js';
import { RoutesService } from '../../../src/routes/admin/routes.service.js';
import { RouteTable } from '../../../src/routes/route-table.js';
import { RouteUses } from '../../../src/routes/route-uses.js';
import { RoutesModule } from '../../../src/routes/routes.module.js';
import { UpstreamUses } from '../../../src/upstreams/ports.js';
import { UpstreamWriter } from '../../../src/upstreams/upstream-writer.js';
import { UpstreamsModule } from '../../../src/upstreams/upstreams.module.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';

@Global()
@Module({ providers: [{ provide: UpstreamUses, useExisting: RouteUses }], exports: [UpstreamUses] })
class Ports {}

/** One instance on this database, as far as routes need it; the change poller included. */
async function openInstance(url: string) {
  const config = testConfig({ database: parseDatabaseUrl(url) });
  @Module({
    imports: [
      ConfigModule.register(config),
      LoggerModule.register(new RecordingLog()),
      KernelModule,
      DatabaseModule.register({ entities }),
      Ports,
      UpstreamsModule,
      RoutesModule,
    ],
  })
  class Instance {}
  const context: INestApplicationContext = await NestFactory.createApplicationContext(Instance, {
    logger: false,
    abortOnError: false,
  });
  const of = { strict: false };
  return {
    routes: context.get(RoutesService, of),
    table: context.get(RouteTable, of),
    upstreams: context.get(UpstreamWriter, of),
    close: () => context.close(),
  };
}

type Instance = Awaited<ReturnType<typeof openInstance>>;

const ALL = { page: 1, pageSize: 50 };
const to = (upstream: string, model = 'm', weight?: number) => ({ upstream, model, weight });

describe.each(await databasesUnderTest())('routes on $name', ({ create }) => {
  let database: TestDatabase;
  let one: Instance;

  beforeAll(async () => void (database = await create()));
  afterAll(() => database.drop());
  beforeEach(async () => {
    one = await openInstance(database.url);
    for (const slug of ['a', 'b']) await one.upstreams.create({ slug, preset: 'groq' });
  });
  afterEach(async () => {
    for (const { id } of (await one.routes.list(ALL)).items) await one.routes.remove(id);
    for (const slug of ['a', 'b']) await one.upstreams.remove(slug);
    await one.close();
  });

  it('hold at once what was stored, on another instance soon, and again after a restart', async () => {
    const other = await openInstance(database.url);
    const view = await one.routes.create({ model: 'fast', targets: [to('a', 'x/y', 3), to('b')] });
    expect(view).toMatchObject({
      model: 'fast',
      strategy: 'failover',
      targets: [
        { upstream: 'a', model: 'x/y', weight: 3 },
        { upstream: 'b', model: 'm', weight: 1 },
      ],
    });
    const held = one.table.byModel('fast');
    expect(held).toMatchObject({ id: view.id, strategy: 'failover' });
    expect(await one.routes.get(view.id)).toEqual(view);
    await expect.poll(() => other.table.byModel('fast'), { timeout: 15_000 }).toEqual(held);

    const changed = await one.routes.change(view.id, { strategy: 'weighted', model: 'faster' });
    expect(changed).toMatchObject({ model: 'faster', strategy: 'weighted', targets: view.targets });
    expect(one.table.byModel('fast')).toBeUndefined();
    await expect.poll(() => other.table.byModel('faster')?.strategy, { timeout: 15_000 }).toBe('weighted');

    await one.routes.remove(view.id);
    expect(one.table.all()).toEqual([]);
    await expect.poll(() => other.table.all(), { timeout: 15_000 }).toEqual([]);
    await other.close();

    await one.routes.create({ model: 'kept', targets: [to('a')] });
    const again = await openInstance(database.url);
    expect(again.table.byModel('kept')).toEqual(one.table.byModel('kept'));
    await again.close();
  });

  it('refuse targets that lead nowhere, twice to the same, or to a route', async () => {
    await one.routes.create({ model: 'first', targets: [to('a')] });
    await one.upstreams.create({ slug: 'plain', protocol: 'http', baseUrl: 'https://api.example.com' });
    const targets = [to('a'), to('nobody'), to('a'), to('first'), to('plain')];
    await expect(one.routes.create({ model: 'second', targets })).rejects.toMatchObject({
      code: 'validation_failed',
      faults: [
        { path: 'targets.1.upstream', message: 'there is no upstream nobody' },
        { path: 'targets.2', message: 'is there twice' },
        { path: 'targets.3.upstream', message: expect.stringContaining('names a route') as string },
        { path: 'targets.4.upstream', message: expect.stringContaining('plain HTTP') as string },
      ],
    });
    expect(one.table.byModel('second')).toBeUndefined();
    await one.upstreams.remove('plain');
  });

  it('take a name like that of their own target: no loop, for targets are final', async () => {
    await one.routes.create({ model: 'a/m', targets: [to('a', 'm'), to('a', 'a/m')] });
    expect(one.table.byModel('a/m')?.targets).toHaveLength(2);
  });

  it('stand for one model each, whose case counts', async () => {
    const first = await one.routes.create({ model: 'Fast', targets: [to('a')] });
    await one.routes.create({ model: 'fast', targets: [to('b')] });
    const taken = { code: 'conflict', message: 'There is already a route for fast.' };
    await expect(one.routes.create({ model: 'fast', targets: [to('a')] })).rejects.toMatchObject(taken);
    await expect(one.routes.change(first.id, { model: 'fast' })).rejects.toMatchObject(taken);
    await expect(one.routes.change('nobody', {})).rejects.toMatchObject({ code: 'not_found' });
    await expect(one.routes.remove('nobody')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('list in pages, and those of one upstream', async () => {
    for (const model of ['c', 'a', 'b']) await one.routes.create({ model, targets: [to('a')] });
    await one.routes.create({ model: 'd', targets: [to('b'), to('a')] });
    const models = async (query: object) =>
      (await one.routes.list({ ...ALL, ...query })).items.map(({ model }) => model);
    expect(await models({})).toEqual(['a', 'b', 'c', 'd']);
    expect(await models({ pageSize: 3, page: 2 })).toEqual(['d']);
    expect(await models({ upstream: 'b' })).toEqual(['d']);
    expect(await models({ upstream: 'a', page: 2, pageSize: 2 })).toEqual(['c', 'd']);
  });

  it('keep the upstreams that they lead to', async () => {
    const { id } = await one.routes.create({ model: 'fast', targets: [to('a'), to('b')] });
    await expect(one.upstreams.remove('b')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('fast') as string,
    });
    await one.routes.change(id, { targets: [to('a')] });
    await one.upstreams.remove('b');
    await one.upstreams.create({ slug: 'b', preset: 'groq' });
  });
});
