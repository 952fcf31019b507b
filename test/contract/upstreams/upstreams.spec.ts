import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EntityManager } from 'typeorm';
import { migrations } from '#migrations';
import { testConfig } from '../../../src/config/config.fixture.js';
import { parseDatabaseUrl } from '../../../src/config/database-url.js';
import { ChangeFeed, EVERYTHING } from '../../../src/database/change-feed.js';
import { dataSourceOptions } from '../../../src/database/data-source-options.js';
import { openDatabase } from '../../../src/database/open-database.js';
import { Reader } from '../../../src/database/reader.js';
import { Store } from '../../../src/database/store.js';
import { entities } from '../../../src/entities.js';
import { ManualClock } from '../../../src/kernel/clock.js';
import { RecordingLog } from '../../../src/logging/log.fixture.js';
import { UpstreamsService } from '../../../src/upstreams/admin/upstreams.service.js';
import { PresetUpstreams } from '../../../src/upstreams/preset-upstreams.js';
import { UpstreamRow } from '../../../src/upstreams/upstream-row.js';
import { UpstreamSync } from '../../../src/upstreams/upstream-sync.js';
import { UpstreamWriter } from '../../../src/upstreams/upstream-writer.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';

/** One instance's upstreams room over a database. */
async function openUpstreams(url: string, allowPrivateUpstreams: boolean | readonly string[] = true) {
  const database = parseDatabaseUrl(url);
  if (!database) throw new Error(`not a database: ${url}`);
  const source = await openDatabase(dataSourceOptions(database, entities, migrations));
  const reader = await Reader.beside(source);
  const log = new RecordingLog();
  const feed = new ChangeFeed();
  const store = new Store(source, reader, feed, log);
  const sync = await UpstreamSync.create(store, feed, log);
  const writer = new UpstreamWriter(
    store,
    testConfig({ allowPrivateUpstreams }),
    new ManualClock(1_800_000_000_000),
  );
  const close = async () => {
    await reader.onApplicationShutdown();
    await source.destroy();
  };
  const admin = new UpstreamsService(store, writer);
  return {
    store,
    feed,
    log,
    table: sync.table,
    writer,
    admin,
    presets: new PresetUpstreams(store, writer),
    close,
  };
}

type Room = Awaited<ReturnType<typeof openUpstreams>>;

const GROQ = { slug: 'fast', preset: 'groq', models: ['m'] };
const ALL = { page: 1, pageSize: 50 };

describe.each(await databasesUnderTest())('upstreams on $name', ({ create }) => {
  let database: TestDatabase;
  let room: Room;

  beforeAll(async () => void (database = await create()));
  afterAll(() => database.drop());
  beforeEach(async () => void (room = await openUpstreams(database.url)));
  afterEach(async () => {
    for (const { slug } of (await room.admin.list(ALL)).items) await room.admin.remove(slug);
    await room.close();
  });

  it('holds at once what it stored, and again after a restart', async () => {
    const view = await room.admin.create({
      ...GROQ,
      priority: -3,
      limits: { rpm: 10, models: 'm*' },
      headers: { set: { 'X-Team': 'blüe' }, remove: ['X-A'] },
      parameters: { temperature: 0.5, deep: { list: [1, null, '𝒙'] } },
      modelMap: { mine: 'theirs' },
      timeouts: { idleTimeoutMs: 5 },
      noStreaming: ['o1-pro*'],
      responsesApi: 'preferred',
      retryUnsafe: true,
      enabled: true,
    });
    expect(view).toMatchObject({
      slug: 'fast',
      baseUrl: 'https://api.groq.com/openai/v1',
      noStreaming: ['o1-pro*'],
      responsesApi: 'preferred',
      retryUnsafe: true,
    });
    expect(view.createdAt).toBe('2027-01-15T08:00:00.000Z');
    const held = room.table.bySlug('fast');
    expect(held).toMatchObject({ id: view.id, priority: -3, limits: [{ rpm: 10, models: 'm*' }] });
    expect(room.table.forModel('mine')).toEqual([held]);

    const other = await openUpstreams(database.url);
    expect(other.table.bySlug('fast')).toEqual(held);
    expect(await other.admin.get('fast')).toEqual(view);
    await other.close();
  });

  it('refuses a slug that is taken, and what is not valid', async () => {
    await room.admin.create(GROQ);
    await expect(room.admin.create(GROQ)).rejects.toMatchObject({ code: 'conflict' });
    await expect(room.admin.create({ slug: 'x' })).rejects.toMatchObject({ code: 'validation_failed' });
    const elsewhere = { slug: 'x', preset: 'anthropic', responsesApi: 'native' };
    await expect(room.admin.create(elsewhere)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(room.admin.get('x')).rejects.toMatchObject({ code: 'unknown_upstream' });
    await expect(room.admin.change('x', {})).rejects.toMatchObject({ code: 'unknown_upstream' });
    await expect(room.admin.remove('x')).rejects.toMatchObject({ code: 'unknown_upstream' });
    expect((await room.admin.list(ALL)).total).toBe(1);
  });

  it('changes what is given, and goes back to the preset for null', async () => {
    await room.admin.create(GROQ);
    const seen: string[][] = [];
    room.table.onChange(({ put }) => seen.push(put.map(({ slug }) => slug)));
    await room.admin.change('fast', {
      baseUrl: 'http://127.0.0.1:9/v1',
      check: { path: '/me' },
      enabled: false,
    });
    expect(room.table.bySlug('fast')).toMatchObject({
      origin: 'http://127.0.0.1:9',
      enabled: false,
      models: ['m'],
    });
    const back = await room.admin.change('fast', { baseUrl: null, check: null, enabled: true });
    expect(back).toMatchObject({ baseUrl: 'https://api.groq.com/openai/v1', check: { path: '/models' } });
    await room.admin.change('fast', {});
    expect(seen).toEqual([['fast'], ['fast']]);
    await expect(room.admin.change('fast', { slug: 'slow' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('masks values of headers that look like secrets, and takes its mask for the value', async () => {
    const secret = 'very-secret-value-of-a-header';
    await room.admin.create({
      ...GROQ,
      headers: { set: { 'X-Auth-Token': secret, 'x-team': 'blue' }, remove: [] },
    });
    const view = await room.admin.get('fast');
    expect(JSON.stringify(view)).not.toContain(secret);
    expect(view.headers.set['x-team']).toBe('blue');
    await room.admin.change('fast', {
      headers: { ...view.headers, set: { ...view.headers.set, 'x-new': '1' } },
    });
    expect(room.table.bySlug('fast')?.headers.set).toEqual({
      'x-auth-token': secret,
      'x-team': 'blue',
      'x-new': '1',
    });
  });

  it('deletes what belongs to an upstream with it, and nothing of another', async () => {
    const gone = await room.admin.create(GROQ);
    const kept = await room.admin.create({ ...GROQ, slug: 'kept' });
    await room.store.write(async (tx) => {
      for (const upstream of [gone, kept]) await addBelongings(tx, upstream.id, upstream.slug);
    });
    const told: string[] = [];
    room.feed.on('keys', (changes) => Promise.resolve(void told.push(...changes.map(({ ref }) => ref))));
    await room.admin.remove('fast');
    expect(room.table.bySlug('fast')).toBeUndefined();
    expect(told).toEqual([gone.id]);
    for (const table of ['api_keys', 'key_memory', 'key_checks', 'pinned_resources']) {
      const rows = await room.store.manager.query<unknown[]>(`SELECT * FROM ${table}`);
      expect([table, rows.length]).toEqual([table, 1]);
    }
    await room.admin.remove('kept');
  });

  it('leaves out a row that makes no sense, and keeps the rest', async () => {
    await room.admin.create(GROQ);
    const bad = await room.admin.create({ ...GROQ, slug: 'bad' });
    await room.store.write(async (tx, note) => {
      await tx.update(UpstreamRow, { id: bad.id }, { preset: 'gone' });
      note({ kind: 'upstreams', ref: EVERYTHING });
    });
    expect(room.table.all().map(({ slug }) => slug)).toEqual(['fast']);
    expect(room.log.lines.some(({ level }) => level === 'error')).toBe(true);
    expect(await room.admin.get('bad')).toMatchObject({ preset: 'gone' });
  });

  it('lists in pages', async () => {
    for (const slug of ['c', 'a', 'b']) await room.admin.create({ ...GROQ, slug });
    const page = await room.admin.list({ page: 2, pageSize: 2 });
    expect(page).toMatchObject({ page: 2, pageSize: 2, total: 3 });
    expect(page.items.map(({ slug }) => slug)).toEqual(['c']);
  });

  it('warns of private addresses when they are written', async () => {
    const strict = await openUpstreams(database.url, ['127.0.0.1:11434']);
    await strict.admin.create({ slug: 'local', preset: 'ollama' });
    for (const baseUrl of [
      'http://127.0.0.1:9',
      'http://localhost',
      'http://[::1]',
      'http://169.254.169.254',
    ]) {
      const faults = [
        { path: 'baseUrl', message: expect.stringContaining('ALLOW_PRIVATE_UPSTREAMS') as string },
      ];
      const body = { slug: 'private', protocol: 'http', baseUrl };
      await expect(strict.admin.create(body)).rejects.toMatchObject({ code: 'validation_failed', faults });
      await expect(strict.admin.change('local', { baseUrl })).rejects.toMatchObject({ faults });
    }
    await strict.close();
  });

  it('makes an upstream of a preset once, whatever its slug', async () => {
    const first = await room.presets.ensure('openai');
    expect(room.table.byId(first.id)).toMatchObject({ slug: 'openai', preset: 'openai' });
    expect(await room.presets.ensure('openai')).toMatchObject({ id: first.id });
    await room.admin.create({ slug: 'gemini', preset: 'groq' });
    const beside = await room.presets.ensure('gemini');
    expect(room.table.byId(beside.id)).toMatchObject({ slug: 'gemini-env', preset: 'gemini' });
    const both = await Promise.all([room.presets.ensure('anthropic'), room.presets.ensure('anthropic')]);
    expect(both[0].id).toBe(both[1].id);
  });
});

async function addBelongings(tx: EntityManager, upstreamId: string, name: string): Promise<void> {
  const keyId = `key-${name}`;
  const key = {
    id: keyId,
    upstreamId,
    tags: [],
    cipher: 'c',
    cipherKeyId: 'm',
    fingerprint: name,
    masked: '****',
    status: 'active',
    weight: 1,
    priority: 0,
    limits: [],
    createdAt: 1,
    updatedAt: 1,
    version: 0,
  };
  const insert = (table: string, values: object) =>
    tx.createQueryBuilder().insert().into(table).values(values).execute();
  await insert('api_keys', key);
  await insert('key_memory', { keyId, upstreamId, memory: {}, updatedAt: 1 });
  await insert('key_checks', { keyId, nextAt: 1, intervalSeconds: 60, failures: 0 });
  await insert('pinned_resources', { upstreamId, name, keyId, createdAt: 1, expiresAt: 2 });
}
