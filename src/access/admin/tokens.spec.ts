import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Shell, startShell } from '../../admin/shell.fixture.js';
import { Store } from '../../database/store.js';
import { Gate } from '../gate.js';
import { TokenRow } from '../token-row.js';

let shell: Shell;
beforeAll(async () => {
  shell = await startShell();
});
afterAll(() => shell.close());

const ask = (method: string, path: string, body?: unknown, token = shell.adminToken) =>
  shell.ask(method, `/api/admin/tokens${path}`, { token, body });
const make = (fields: object = {}, token?: string) =>
  ask('POST', '', { name: 'app', role: 'client', ...fields }, token);
const identify = (secret: string) =>
  shell.app.get(Gate).identify({ rawHeaders: ['x-api-key', secret], queryKeys: [], ip: '192.0.2.1' });
const codeOf = (answer: Answer) => [answer.status, answer.json?.keywheel_code];

describe('making a token', () => {
  it('shows the secret once, keeps its digest, and lets it in at once', async () => {
    const made = await make({
      name: 'my app',
      scopes: { upstreams: ['openai'], models: ['gpt-*'] },
      limits: { rpm: 60, budget: 2.5, rpd: null },
      expiresAt: '2030-01-01T00:00:00+01:00',
      allowedIps: ['192.0.2.0/24'],
    });
    expect(made.status).toBe(201);
    const { secret, ...view } = made.json;
    expect(secret).toMatch(/^kw_[\w-]{43}$/);
    expect(view).toEqual({
      id: expect.any(String),
      name: 'my app',
      role: 'client',
      hint: `kw_…${secret.slice(-4)}`,
      scopes: { upstreams: ['openai'], models: ['gpt-*'] },
      limits: { rpm: 60, budget: 2.5 },
      usage: { spent: 0, callsToday: 0 },
      expiresAt: '2029-12-31T23:00:00.000Z',
      allowedIps: ['192.0.2.0/24'],
      createdAt: '2026-11-21T12:00:00.000Z',
      lastUsedAt: null,
    });
    expect((await ask('GET', `/${view.id}`)).json).toEqual(view);
    expect((await ask('GET', '')).text).not.toContain(secret);
    expect(JSON.stringify(await shell.app.get(Store).manager.find(TokenRow))).not.toContain(secret);
    expect(identify(secret)).toMatchObject({ id: view.id, limits: { rpm: 60, budget: 2.5 } });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: null }, 'name'],
    [{ role: 'root' }, 'role'],
    [{ limits: { rpm: 0 } }, 'limits.rpm'],
    [{ limits: { rpm: 1.5 } }, 'limits.rpm'],
    [{ limits: { budget: -1 } }, 'limits.budget'],
    [{ limits: { rps: 1 } }, 'limits.rps'],
    [{ limits: [] }, 'limits'],
    [{ scopes: { upstreams: [] } }, 'scopes.upstreams'],
    [{ scopes: { upstreams: ['No Slug'] } }, 'scopes.upstreams'],
    [{ scopes: { models: [''] } }, 'scopes.models'],
    [{ scopes: { models: [7] } }, 'scopes.models'],
    [{ scopes: 'all' }, 'scopes'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    [{ allowedIps: ['10.0.0.0/99'] }, 'allowedIps'],
    [{ allowedIps: [] }, 'allowedIps'],
    [{ digest: 'x' }, 'digest'],
  ])('refuses %o', async (fields, path) => {
    const answer = await make(fields);
    expect(codeOf(answer)).toEqual([400, 'validation_failed']);
    expect(answer.json.errors.map((fault: { path: string }) => fault.path)).toContain(path);
  });
});

describe('changing a token', () => {
  it('holds at once, and leaves what is not named', async () => {
    const { id, secret } = (await make({ limits: { rpm: 1 }, allowedIps: ['10.0.0.1'] })).json;
    expect(() => identify(secret)).toThrow(expect.objectContaining({ code: 'address_not_allowed' }));
    const changed = await ask('PATCH', `/${id}`, { name: 'renamed', allowedIps: null });
    expect(changed.json).toMatchObject({
      name: 'renamed',
      role: 'client',
      limits: { rpm: 1 },
      allowedIps: null,
    });
    expect(identify(secret).name).toBe('renamed');
    await ask('PATCH', `/${id}`, { expiresAt: '2020-01-01T00:00:00Z' });
    expect(() => identify(secret)).toThrow(expect.objectContaining({ code: 'expired_token' }));
    expect((await ask('PATCH', `/${id}`, {})).status).toBe(200);
    expect((await ask('PATCH', `/${id}`, { expiresAt: null, limits: null })).json).toMatchObject({
      expiresAt: null,
      limits: {},
    });
    expect(codeOf(await ask('PATCH', `/${id}`, { name: null }))).toEqual([400, 'validation_failed']);
    expect((await ask('DELETE', `/${id}`)).status).toBe(204);
    expect(() => identify(secret)).toThrow(expect.objectContaining({ code: 'invalid_token' }));
  });

  it('finds nothing under an unknown id', async () => {
    for (const method of ['GET', 'DELETE'])
      expect(codeOf(await ask(method, '/nope'))).toEqual([404, 'not_found']);
    expect(codeOf(await ask('PATCH', '/nope', { name: 'x' }))).toEqual([404, 'not_found']);
  });
});

describe('who may', () => {
  it('lets an admin handle clients and viewers, and only a super_admin the others', async () => {
    const admin = (await make({ role: 'admin' })).json;
    const other = (await make({ role: 'super_admin' })).json;
    const client = (await make({ role: 'client' }, admin.secret)).json;
    expect((await make({ role: 'viewer' }, admin.secret)).status).toBe(201);
    expect((await ask('PATCH', `/${client.id}`, { role: 'viewer' }, admin.secret)).status).toBe(200);
    const refused = [
      await make({ role: 'admin' }, admin.secret),
      await make({ role: 'super_admin' }, admin.secret),
      await ask('PATCH', `/${client.id}`, { role: 'admin' }, admin.secret),
      await ask('PATCH', `/${admin.id}`, { role: 'super_admin' }, admin.secret),
      await ask('PATCH', `/${other.id}`, { name: 'x' }, admin.secret),
      await ask('DELETE', `/${other.id}`, undefined, admin.secret),
    ];
    for (const answer of refused) expect(codeOf(answer)).toEqual([403, 'forbidden']);
    expect((await ask('DELETE', `/${admin.id}`, undefined, other.secret)).status).toBe(204);
  });
});

describe('the list', () => {
  it('pages and searches, with signs of LIKE taken literally', async () => {
    for (const name of ['100% sure', 'Alpha_one', 'alphaXone']) await make({ name });
    const names = async (query: string) =>
      (await ask('GET', query)).json.items.map((item: { name: string }) => item.name).sort();
    expect(await names('?search=0%25')).toEqual(['100% sure']);
    expect(await names('?search=ALPHA_')).toEqual(['Alpha_one']);
    expect(await names('?search=alpha')).toEqual(['Alpha_one', 'alphaXone']);
    const page = (await ask('GET', '?search=alpha&pageSize=1&page=2')).json;
    expect(page).toMatchObject({ page: 2, pageSize: 1, total: 2 });
    expect(page.items).toHaveLength(1);
    expect((await ask('GET', '?role=viewer&search=nobody')).json.total).toBe(0);
  });
});
