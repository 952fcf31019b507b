import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Clock } from '../../../src/kernel/clock.js';
import { PoolState } from '../../../src/keys/pool/pool-state.js';
import { KeyChecker } from '../../../src/keys/ports.js';
import { databasesUnderTest, type TestDatabase } from '../../support/servers.js';
import { type AdminUnderTest, startAdmin } from './support/admin-under-test.js';
import { ScriptedChecker, UPSTREAM } from './support/keys-under-test.js';

const KEYS = 'upstreams/one/keys';

describe.each(await databasesUnderTest())('the admin API of keys on $name', ({ create }) => {
  let database: TestDatabase;
  let admin: AdminUnderTest;

  beforeAll(async () => {
    database = await create();
    admin = await startAdmin(database.url);
  });
  afterAll(async () => {
    await admin.close();
    await database.drop();
  });
  afterEach(async () => {
    await admin.ask('POST', 'keys/actions', { action: 'delete', filter: { upstream: 'one' } });
    admin.app.get<KeyChecker, ScriptedChecker>(KeyChecker).answers.clear();
  });

  const add = (...keys: unknown[]) => admin.ask('POST', KEYS, { keys });
  const list = async (query = '') => (await admin.ask('GET', `${KEYS}${query}`)).json;
  const rest = async (id: string, status: 'cooling' | 'exhausted', model?: string) => {
    const until = admin.app.get(Clock).now() + 3600_000;
    await admin.app
      .get(PoolState)
      .rest(UPSTREAM, id, model, { status, reason: 'rate_limited', until, streak: 1 });
    return new Date(until).toISOString();
  };

  it('shows a key as the contract says, without its secret', async () => {
    const limits = { rpm: 5, models: 'gpt-*' };
    const added = await add({
      key: 'sk-proj-0123456789abcdef',
      label: 'Team A',
      tags: ['paid'],
      limits,
      weight: 3,
    });
    expect(added).toMatchObject({ status: 201, json: { added: 1, duplicate: 0, rejected: [] } });
    const page = await list();
    expect(page).toMatchObject({ page: 1, pageSize: 50, total: 1 });
    expect(page.items[0]).toEqual({
      id: expect.any(String),
      upstream: 'one',
      label: 'Team A',
      tags: ['paid'],
      masked: 'sk-p****cdef',
      status: 'active',
      reason: null,
      until: null,
      models: [],
      weight: 3,
      priority: 0,
      quotaGroup: null,
      limits: [limits],
      usage: { inFlight: 0, limits: [expect.objectContaining({ models: 'gpt-*', rpm: 0 })] },
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      lastUsedAt: null,
    });
    expect(JSON.stringify(page)).not.toContain('0123456789');
  });

  it('takes a text with one key a line, and tells which lines are none', async () => {
    const text = 'sk-a\n# comment\n\nsk-b\nsk b\nsk-a\nschlüssel\n';
    const answer = await admin.ask('POST', KEYS, text, 'text/plain; charset=utf-8');
    expect(answer.json).toEqual({
      added: 2,
      duplicate: 1,
      rejected: [
        { line: 5, reason: expect.stringContaining('blank') },
        { line: 7, reason: expect.stringContaining('ASCII') },
      ],
    });
  });

  it('adds 3,000 lines and pages through them in their order', async () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `sk-many-${String(n).padStart(6, '0')}`);
    expect((await admin.ask('POST', KEYS, lines.join('\n'), 'text/plain')).json).toMatchObject({
      added: 3_000,
    });
    const page = await list('?page=30&pageSize=100');
    expect(page.total).toBe(3_000);
    expect(page.items[99].masked).toBe('sk****99');
    expect((await list('?status=active&page=30&pageSize=100')).items).toEqual(page.items);
  });

  it.each([
    ['an unknown field', { keys: [], more: 1 }],
    ['no list', { keys: 'sk-a' }],
    ['a list alone', ['sk-a']],
  ])('refuses %s', async (_, body) => {
    const answer = await admin.ask('POST', KEYS, body);
    expect(answer).toMatchObject({ status: 400, json: { keywheel_code: 'validation_failed' } });
  });

  it('knows no keys of an unknown upstream, and no other media type', async () => {
    expect((await admin.ask('GET', 'upstreams/three/keys')).status).toBe(404);
    expect((await admin.ask('POST', 'upstreams/three/keys', { keys: ['a'] })).status).toBe(404);
    expect((await admin.ask('POST', KEYS, 'a=b', 'application/x-www-form-urlencoded')).status).toBe(415);
  });

  it('finds keys by label, mask, tag and the whole key', async () => {
    await add(
      { key: 'sk-first-000000000001', label: '50% Off', tags: ['eu', 'big_one'] },
      'gz-second-0000000002',
    );
    const found = async (query: string) =>
      (await list(query)).items.map(({ masked }: { masked: string }) => masked);
    const first = ['sk-****001'];
    expect(await found('?search=50%25%20off')).toEqual(first);
    expect(await found('?search=5_%25')).toEqual([]);
    expect(await found('?search=SK-')).toEqual(first);
    expect(await found('?search=sk-first-000000000001')).toEqual(first);
    expect(await found('?search=sk-first')).toEqual([]);
    expect(await found('?tag=big_one')).toEqual(first);
    expect(await found('?tag=big')).toEqual([]);
    expect((await admin.ask('GET', `${KEYS}?status=odd`)).status).toBe(400);
    expect((await admin.ask('GET', `${KEYS}?pageSize=501`)).status).toBe(400);
  });

  it('filters by what the pool says of them', async () => {
    await add('sk-a', 'sk-b', 'sk-c');
    const [a, b, c] = (await list()).items.map(({ id }: { id: string }) => id);
    const until = await rest(a, 'cooling');
    await rest(b, 'exhausted', 'gpt-x');
    const cooling = await list('?status=cooling&pageSize=1');
    expect(cooling).toMatchObject({
      total: 1,
      items: [{ id: a, status: 'cooling', reason: 'rate_limited', until }],
    });
    expect(cooling.items[0].models).toEqual([]);
    expect((await list('?status=exhausted')).items).toMatchObject([{ id: b, models: [{ model: 'gpt-x' }] }]);
    expect((await list('?status=active')).items).toMatchObject([{ id: c }]);
    expect((await list('?status=active&page=2&pageSize=1')).items).toEqual([]);
  });

  it('changes, disables and deletes one key', async () => {
    await add('sk-a');
    const [{ id }] = (await list()).items;
    const changed = await admin.ask('PATCH', `keys/${id}`, {
      label: 'x',
      quotaGroup: 'g',
      limits: [{ rpm: 1 }],
    });
    expect(changed).toMatchObject({
      status: 200,
      json: { label: 'x', quotaGroup: 'g', limits: [{ rpm: 1 }] },
    });
    await rest(id, 'cooling');
    expect((await admin.ask('PATCH', `keys/${id}`, { status: 'disabled' })).json.status).toBe('disabled');
    expect((await admin.ask('PATCH', `keys/${id}`, { status: 'active' })).json.status).toBe('active');
    expect((await admin.ask('PATCH', `keys/${id}`, { key: 'sk-b' })).status).toBe(400);
    expect((await admin.ask('DELETE', `keys/${id}`)).status).toBe(204);
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/check'],
      ['POST', '/reveal'],
    ] as const) {
      expect((await admin.ask(method, `keys/${id}${path}`)).status).toBe(404);
    }
    expect((await admin.ask('PATCH', `keys/${id}`, {})).status).toBe(404);
  });

  it('checks a key and lets the answer take effect', async () => {
    await add('sk-a');
    const [{ id }] = (await list()).items;
    const { answers } = admin.app.get<KeyChecker, ScriptedChecker>(KeyChecker);
    const effect = { to: 'invalid', share: 'key', models: 'all', confirm: true } as const;
    const verdict = { blame: 'key', reason: 'unauthorized', effect, retry: 'next_key' } as const;
    answers.set('sk-a', { verdict, status: 401, detail: 'no' });
    expect((await admin.ask('POST', `keys/${id}/check`)).json).toEqual({
      status: 'invalid',
      verdict: { blame: 'key', reason: 'unauthorized' },
      httpStatus: 401,
      detail: 'no',
      checkedAt: expect.any(String),
    });
    answers.clear();
    expect((await admin.ask('POST', `keys/${id}/check`)).json).toMatchObject({
      status: 'active',
      httpStatus: 200,
    });
  });

  it('reveals a secret on request only', async () => {
    await add('sk-a-secret');
    const [{ id }] = (await list()).items;
    const answer = await admin.ask('POST', `keys/${id}/reveal`);
    expect(answer).toMatchObject({ status: 200, json: { id, key: 'sk-a-secret' } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  describe('actions', () => {
    const act = (body: unknown) => admin.ask('POST', 'keys/actions', body);

    it('disable and enable by filter, counting what changed', async () => {
      await add('sk-a', { key: 'sk-b', tags: ['x'] }, 'sk-c');
      expect((await act({ action: 'disable', filter: { tag: 'x' } })).json).toEqual({
        matched: 1,
        changed: 1,
      });
      expect((await act({ action: 'disable', filter: { upstream: 'one' } })).json).toEqual({
        matched: 3,
        changed: 2,
      });
      expect((await act({ action: 'reset', filter: { upstream: 'one' } })).json).toEqual({
        matched: 3,
        changed: 0,
      });
      const enabled = await act({ action: 'enable', filter: { status: 'disabled' } });
      expect(enabled.json).toEqual({ matched: 3, changed: 3 });
      expect((await list('?status=active')).total).toBe(3);
    });

    it('reset ends rests, delete takes ids', async () => {
      await add('sk-a', 'sk-b');
      const [a, b] = (await list()).items.map(({ id }: { id: string }) => id);
      await rest(a, 'cooling');
      expect((await act({ action: 'reset', ids: [a, b, 'unknown'] })).json).toEqual({
        matched: 2,
        changed: 1,
      });
      expect((await list('?status=cooling')).total).toBe(0);
      expect((await act({ action: 'delete', ids: [a] })).json).toEqual({ matched: 1, changed: 1 });
      expect((await act({ action: 'check', ids: [a, b] })).json).toEqual({ matched: 1, changed: 1 });
    });

    it.each([
      { action: 'delete' },
      { action: 'delete', filter: {} },
      { action: 'delete', ids: ['a'], filter: { tag: 'x' } },
      { action: 'explode', ids: [] },
      { action: 'delete', filter: { label: 'x' } },
    ])('refuse %j', async (body) => expect((await act(body)).status).toBe(400));
  });
});
