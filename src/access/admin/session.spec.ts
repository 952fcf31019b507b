import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AskOptions, type Shell, startShell } from '../../admin/shell.fixture.js';
import { Store } from '../../database/store.js';
import { AuditRow } from '../audit-row.js';
import { SessionRow } from '../session-row.js';

let shell: Shell;
beforeEach(async () => {
  shell = await startShell([], { trustProxy: ['127.0.0.0/8'] });
});
afterEach(() => shell.close());

const login = (token = shell.adminToken, headers: Record<string, string> = {}) =>
  shell.ask('POST', '/api/admin/session', { body: { token }, headers });
const who = (cookie: string) => shell.ask('GET', '/api/admin/session', { headers: { cookie } });

async function cookieOf(token?: string): Promise<string> {
  const answer = await login(token);
  expect(answer.status).toBe(200);
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

async function newToken(role: string): Promise<{ id: string; secret: string }> {
  const body = { name: 'someone', role };
  return (await shell.ask('POST', '/api/admin/tokens', { token: shell.adminToken, body })).json;
}

describe('a session', () => {
  it('begins with a cookie that scripts cannot read and other sites cannot send', async () => {
    const answer = await login();
    expect(answer.headers.get('set-cookie')).toMatch(
      /^keywheel_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    );
    expect(answer.json).toEqual({
      id: 'ADMIN_TOKEN',
      name: 'ADMIN_TOKEN',
      role: 'super_admin',
      expiresAt: '2026-11-22T00:00:00.000Z',
    });
    expect((await who(await cookieOf())).json.role).toBe('super_admin');
  });

  it('is for TLS alone where the client came by TLS', async () => {
    const answer = await login(shell.adminToken, { 'x-forwarded-proto': 'https' });
    expect(answer.headers.get('set-cookie')).toContain('; Secure');
  });

  it('does not rest in the database as it is in the cookie', async () => {
    const cookie = await cookieOf();
    const rows = await shell.app.get(Store).manager.find(SessionRow);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(cookie.split('=')[1]);
  });

  it('ends by logout, after twelve hours, and with its token', async () => {
    const { id, secret } = await newToken('viewer');
    const [loggedOut, old, orphan] = [await cookieOf(), await cookieOf(), await cookieOf(secret)];
    const out = await shell.ask('DELETE', '/api/admin/session', { headers: { cookie: loggedOut } });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, expect.stringContaining('Max-Age=0')]);
    expect((await who(loggedOut)).status).toBe(401);
    expect((await who(orphan)).json.role).toBe('viewer');
    await shell.ask('DELETE', `/api/admin/tokens/${id}`, { token: shell.adminToken });
    expect((await who(orphan)).status).toBe(401);
    clock(12 * 3_600_000 - 1);
    expect((await who(old)).status).toBe(200);
    clock(1);
    expect((await who(old)).status).toBe(401);
  });

  it('changes things only from a page of the gateway itself', async () => {
    const cookie = await cookieOf();
    const change = (
      headers: Record<string, string>,
      body: AskOptions['body'] = { name: 'x', role: 'client' },
    ) => shell.ask('POST', '/api/admin/tokens', { headers: { cookie, ...headers }, body });
    const host = new URL(await shell.app.getUrl()).host;
    expect((await change({ origin: `http://${host}` })).status).toBe(201);
    expect((await change({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    expect((await change({})).status).toBe(403);
    expect((await change({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await change({ origin: 'null' })).status).toBe(403);
    expect((await change({ 'sec-fetch-site': 'same-site', origin: `http://${host}` })).status).toBe(403);
    const form = { origin: `http://${host}`, 'content-type': 'text/plain' };
    expect((await change(form, '{"name":"x","role":"client"}')).status).toBe(415);
  });

  it('follows the role of its token', async () => {
    const { id, secret } = await newToken('admin');
    const cookie = await cookieOf(secret);
    await shell.ask('PATCH', `/api/admin/tokens/${id}`, {
      token: shell.adminToken,
      body: { role: 'viewer' },
    });
    expect((await who(cookie)).json.role).toBe('viewer');
  });

  const clock = (ms: number) => shell.clock.advance(ms);
});

describe('wrong logins', () => {
  const from = (ip: string) => ({ 'x-forwarded-for': ip });

  it('are limited by address, for the login even the right ones, but no bearer token is locked out', async () => {
    for (let i = 0; i < 10; i++) expect((await login('wrong', from('192.0.2.1'))).status).toBe(401);
    const refused = await login('wrong', from('192.0.2.1'));
    expect([refused.status, refused.json.keywheel_code]).toEqual([429, 'login_limit']);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect((await login(shell.adminToken, from('192.0.2.1'))).status).toBe(429);
    expect((await login(shell.adminToken, from('192.0.2.2'))).status).toBe(200);
    const bearer = (token: string) =>
      shell.ask('GET', '/api/admin/session', { token, headers: from('192.0.2.1') });
    expect((await bearer('wrong')).status).toBe(429);
    expect((await bearer(shell.adminToken)).status).toBe(200);
    shell.clock.advance(60_000);
    expect((await login(shell.adminToken, from('192.0.2.1'))).status).toBe(200);
  });

  it('do not let a client token in', async () => {
    const { secret } = await newToken('client');
    expect((await login(secret)).status).toBe(403);
  });
});

describe('the audit log', () => {
  it('holds logins, wrong ones too, and changes, with names of fields but no value', async () => {
    await login('wrong-credential');
    const cookie = await cookieOf();
    const made = await newToken('viewer');
    await shell.ask('POST', '/api/admin/tokens', { token: shell.adminToken, body: { nme: 'x' } });
    await shell.ask('POST', '/api/admin/session', { body: {} });
    const rows = await shell.app.get(Store).manager.find(AuditRow, { order: { id: 'ASC' } });
    const seen = rows.map(({ actor, action, target, status }) => [actor, action, target, status]);
    expect(seen).toHaveLength(4);
    expect(seen).toEqual(
      expect.arrayContaining([
        ['unknown', 'Session.login', 'session', 401],
        ['ADMIN_TOKEN', 'Session.login', 'session', 200],
        ['ADMIN_TOKEN', 'Tokens.create', 'tokens', 201],
        ['ADMIN_TOKEN', 'Tokens.create', 'tokens', 400],
      ]),
    );
    const created = rows.find(({ status }) => status === 201);
    expect(created).toMatchObject({
      ip: '127.0.0.1',
      detail: { name: 'ADMIN_TOKEN', fields: ['name', 'role'] },
    });
    const text = JSON.stringify(rows);
    for (const secret of [made.secret, cookie, shell.adminToken, 'wrong-credential']) {
      expect(text).not.toContain(secret);
    }
  });
});
