import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminRefusal } from './support/admin-client.ts';
import { ask } from './support/ask.ts';
import { openHouse, type House } from './support/house.ts';
import { until } from './support/until.ts';

let house: House;

beforeAll(async () => {
  house = await openHouse();
  await house.pool('openai', 'openai', ['good', 'unauthorized', { kind: 'rate_limited', retryAfter: 600 }], {
    models: ['gpt-4o-mini'],
  });
  for (let round = 0; round < 6; round += 1)
    expect((await ask(house, 'openai', 'openai', { streamed: round % 2 === 0 })).status).toBe(200);
});

afterAll(() => house.close());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const get = (path: string, token?: string) =>
  fetch(house.url + path, token === undefined ? {} : bearer(token));
const adminToken = () => house.gateway.home.adminToken;

describe('open to all', () => {
  it('the welcome page: name, version, links', async () => {
    const welcome = (await (await get('/')).json()) as Record<string, unknown>;
    expect(JSON.stringify(welcome)).toMatch(/Keywheel/i);
    expect(JSON.stringify(welcome)).toContain('/docs');
  });

  it('the probes', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
    expect((await get('/health')).status).toBe(200);
  });

  it('an unknown path is a 404 as problem+json', async () => {
    const answer = await get('/nothing/here');
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ keywheel_code: 'unknown_path', status: 404 });
  });
});

describe('statistics', () => {
  it.each(['/stats', '/stats/keys', '/keys_status', '/metrics'])('%s needs a viewer', async (path) => {
    expect((await get(path)).status).toBe(401);
    expect((await get(path, house.token)).status).toBe(403);
    const { secret } = await house.admin.createToken({ name: 'viewer', role: 'viewer' });
    expect((await get(path, secret)).status).toBe(200);
  });

  it('/stats counts the calls and their tokens', async () => {
    const stats = await until(async () => {
      const text = JSON.stringify(await house.admin.get('/stats?window=1h'));
      return /"calls":6\b/.test(text) ? text : undefined;
    }, 'six calls are counted');
    expect(stats).toMatch(/"p99/i);
    expect(stats).toContain('gpt-4o-mini');
  });

  it.each(['/stats/keys', '/keys_status'])('%s shows the state of every pool', async (path) => {
    const shown = JSON.stringify(await house.admin.get(path));
    expect(shown).toContain('openai');
    expect(shown).toContain('cooling');
  });

  it('/metrics is Prometheus text that names no secret', async () => {
    const text = await (await get('/metrics', adminToken())).text();
    expect(text).toMatch(/^# TYPE keywheel_\w+ /m);
    expect(text).toMatch(/^keywheel_\w*calls\w*\{.*upstream="openai".*\} \d/m);
  });
});

describe('the admin API', () => {
  it('describes itself, and shows it', async () => {
    const document = await house.admin.get<{ openapi: string; paths: Record<string, unknown> }>(
      '/api/admin/openapi.json',
    );
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/admin/upstreams',
        '/api/admin/tokens',
        '/api/admin/settings',
        '/api/admin/inspect',
      ]),
    );
    const page = await get('/docs');
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/swagger/i);
  });

  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (thrown: unknown) => thrown as AdminRefusal,
    );

  it.each([
    ['an unknown field', { slug: 'a', protocol: 'http', baseUrl: 'http://127.0.0.1:9', colour: 'red' }, 400],
    ['a bad slug', { slug: 'Not A Slug', protocol: 'http', baseUrl: 'http://127.0.0.1:9' }, 400],
    ['an unknown protocol', { slug: 'a', protocol: 'smtp', baseUrl: 'http://127.0.0.1:9' }, 400],
    ['a base URL of another scheme', { slug: 'a', protocol: 'http', baseUrl: 'file:///etc/passwd' }, 400],
    ['a taken slug', { slug: 'openai', protocol: 'openai', baseUrl: 'http://127.0.0.1:9/v1' }, 409],
  ])('refuses %s', async (_name, spec, status) => {
    const refused = await refusal(house.admin.addUpstream(spec));
    expect(refused?.status).toBe(status);
    expect(refused?.body).toMatchObject({
      status,
      keywheel_code: expect.any(String) as unknown,
      request_id: expect.any(String) as unknown,
    });
  });

  it('refuses without a credential, with a client token, and an unknown thing', async () => {
    expect((await get('/api/admin/upstreams')).status).toBe(401);
    expect((await get('/api/admin/upstreams', house.token)).status).toBe(403);
    expect((await refusal(house.admin.get('/api/admin/upstreams/nobody')))?.status).toBe(404);
  });

  it('imports keys line by line: added, duplicate, rejected with their numbers', async () => {
    await house.pool('import', 'openai', []);
    const lines = [
      'sk-import-one-aaaaaaaa',
      'sk-import-two-bbbbbbbb',
      '',
      'sk-import-one-aaaaaaaa',
      'has a space in it',
    ];
    const result = await house.admin.addKeys('import', lines);
    expect(result).toMatchObject({ added: 2, duplicate: 1, rejected: [{ line: 5 }] });
    expect(await house.admin.addKeys('import', lines.slice(0, 2))).toMatchObject({ added: 0, duplicate: 2 });
  });

  it('a change holds at once, without a failed call', async () => {
    const [first] = await house.admin.keys('openai');
    await house.admin.ask('POST', '/api/admin/keys/actions', { action: 'disable', ids: [first!.id] });
    const shown = (await house.admin.keys('openai')).find(({ id }) => id === first!.id);
    expect(shown?.status).toBe('disabled');
    await house.admin.ask('POST', '/api/admin/keys/actions', { action: 'enable', ids: [first!.id] });
    expect((await ask(house, 'openai', 'openai')).status).toBe(200);
  });

  it('a deleted token is refused at once', async () => {
    const { id, secret } = await house.admin.createToken({ name: 'short-lived' });
    expect((await get('/v1/models', secret)).status).toBe(200);
    await house.admin.ask('DELETE', `/api/admin/tokens/${id}`);
    expect((await get('/v1/models', secret)).status).toBe(401);
  });

  it('inspect tells who would serve a call', async () => {
    const seen = await house.admin.ask('POST', '/api/admin/inspect', {
      path: '/v1/chat/completions',
      model: 'gpt-4o-mini',
    });
    expect(JSON.stringify(seen)).toContain('openai');
  });

  it('settings show value, default and source; pinned ones come from the environment', async () => {
    const settings = JSON.stringify(await house.admin.get('/api/admin/settings'));
    expect(settings).toContain('maxWaitMs');
    await house.admin.changeSettings({ maxWaitMs: 5000 });
    expect(JSON.stringify(await house.admin.get('/api/admin/settings'))).toContain('"database"');
    expect((await refusal(house.admin.changeSettings({ maxWaitMs: -1 })))?.status).toBe(400);
    expect((await refusal(house.admin.changeSettings({ noSuchSetting: 1 })))?.status).toBe(400);
  });
});
