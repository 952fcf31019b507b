import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHouse, type House } from './support/house.ts';
import { raw, statusOf, typed, type RawRequest } from './support/raw.ts';

let house: House;
let auth: { authorization: string };
let key: string;

beforeAll(async () => {
  house = await openHouse();
  auth = { authorization: `Bearer ${house.token}` };
  [key = ''] = await house.pool('plain', 'http', ['good']);
});

afterAll(() => house.close());
beforeEach(() => house.upstream.forget());

interface Echo {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly bytes: number;
  readonly sha256: string;
}

async function echo(path: string, request: Omit<RawRequest, 'path'> = {}): Promise<Echo> {
  const { status, body } = await raw(house.url, {
    ...request,
    path,
    headers: { ...auth, ...request.headers },
  });
  expect(status).toBe(200);
  return JSON.parse(body.toString()) as Echo;
}

describe('what reaches the upstream', () => {
  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('%s', async (method) => {
    expect((await echo('/proxy/plain/echo/a', { method })).method).toBe(method);
  });

  it('HEAD has headers and no body', async () => {
    const { status, body } = await raw(house.url, {
      method: 'HEAD',
      path: '/proxy/plain/echo/a',
      headers: auth,
    });
    expect([status, body.length]).toEqual([200, 0]);
    expect(house.upstream.calls[0]?.method).toBe('HEAD');
  });

  it('path and query exactly as they came', async () => {
    const rest = '/echo/a%20b//c;d=1/%E2%82%AC?x=1&x=2&y=%2F&empty=&plus=a+b';
    expect((await echo(`/proxy/plain${rest}`)).url).toBe(`/plain${rest}`);
  });

  it('any body, byte for byte', async () => {
    const body = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 31) % 256));
    const { bytes, sha256 } = await echo('/proxy/plain/echo/a', {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/x-anything' },
    });
    expect([bytes, sha256]).toEqual([body.length, createHash('sha256').update(body).digest('hex')]);
  });

  it("no credential of the client's, no hop-by-hop header, and the key in its place", async () => {
    const headers = {
      cookie: 'session=mine',
      'api-key': 'mine',
      'proxy-authorization': 'Basic bWluZQ==',
      connection: 'close, x-hop',
      'x-hop': '1',
      te: 'trailers',
      'x-kept': 'yes',
      'accept-language': 'de',
    };
    const seen = (await echo('/proxy/plain/echo/a', { headers })).headers;
    for (const name of ['cookie', 'api-key', 'proxy-authorization', 'x-hop', 'te', 'x-keywheel-token'])
      expect(seen[name]).toBeUndefined();
    expect(house.upstream.calls[0]?.key).toBe(key);
    expect(seen).toMatchObject({
      'x-kept': 'yes',
      'accept-language': 'de',
      host: new URL(house.upstream.url).host,
    });
    expect(JSON.stringify(seen)).not.toContain(house.token);
  });

  it('header rules of the upstream', async () => {
    await house.admin.changeUpstream('plain', {
      headers: { set: { 'x-tenant': 'acme' }, remove: ['x-kept'] },
    });
    const { headers } = await echo('/proxy/plain/echo/a', {
      headers: { 'x-kept': 'no', 'x-tenant': 'evil' },
    });
    expect([headers['x-tenant'], headers['x-kept']]).toEqual(['acme', undefined]);
    await house.admin.changeUpstream('plain', { headers: { set: {}, remove: [] } });
  });

  it.each([
    [
      'query',
      { in: 'query', name: 'api_key', format: '{key}' },
      (seen: Echo) => new URL(seen.url, 'http://x').searchParams.get('api_key'),
    ],
    [
      'header',
      { in: 'header', name: 'x-api-key', format: '{key}' },
      (seen: Echo) => seen.headers['x-api-key'],
    ],
    [
      'format',
      { in: 'header', name: 'authorization', format: 'Token {key}' },
      (seen: Echo) => seen.headers.authorization?.replace('Token ', ''),
    ],
  ])('the key in a %s', async (name, credential, read) => {
    const [given] = await house.pool(`by-${name}`, 'http', ['good'], { credential });
    // The answer would show the key masked, so what the upstream recorded is asked.
    await echo(`/proxy/by-${name}/echo/a${name === 'query' ? '?api_key=of-the-client' : ''}`);
    const call = house.upstream.calls[0]!;
    const seen = { url: `/?${call.query}`, headers: call.headers as Record<string, string> } as Echo;
    expect(read(seen)).toBe(given);
  });
});

describe('what reaches the client', () => {
  it("the provider's own headers, no cookies, no hop-by-hop headers", async () => {
    const echoed = await raw(house.url, { path: '/proxy/plain/echo/a', headers: auth });
    expect(echoed.headers['x-ratelimit-remaining']).toBe('41');
    expect(echoed.headers['x-keywheel-upstream']).toBe('plain');
    const cookie = await raw(house.url, { path: '/proxy/plain/cookie', headers: auth });
    expect(cookie.headers['set-cookie']).toBeUndefined();
    const hop = await raw(house.url, { path: '/proxy/plain/hop', headers: auth });
    expect(hop.headers).toMatchObject({ 'x-public': '1' });
    expect(hop.headers['x-private'] ?? hop.headers['proxy-authenticate']).toBeUndefined();
  });

  it.each([204, 304, 404, 409, 422])('status %i as it came', async (status) => {
    expect((await raw(house.url, { path: `/proxy/plain/status/${status}`, headers: auth })).status).toBe(
      status,
    );
  });

  it.each([301, 302, 307, 308])('a redirect %i, not followed', async (status) => {
    const to = `${house.upstream.url}/plain/echo/elsewhere`;
    const answer = await raw(house.url, {
      method: 'POST',
      body: 'x',
      path: `/proxy/plain/redirect?status=${status}&to=${encodeURIComponent(to)}`,
      headers: auth,
    });
    expect(answer.status).toBe(status);
    expect(house.upstream.calls).toHaveLength(1);
  });

  it('a readable body, also where the upstream compresses without being asked', async () => {
    const { headers, body } = await raw(house.url, {
      path: '/proxy/plain/gzip',
      headers: { ...auth, 'accept-encoding': 'gzip' },
    });
    // The gateway asks for plain bytes: it has to be able to find the key in them.
    expect(house.upstream.calls[0]?.headers['accept-encoding']).toBe('identity');
    expect(headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(body.toString())).toEqual({ zipped: true });
  });

  it.each(['/echo/a', '/leak', '/leak?as=gzip'])('the key masked where %s repeats it', async (path) => {
    const response = await fetch(`${house.url}/proxy/plain${path}`, { headers: auth });
    const text = await response.text();
    expect(text + JSON.stringify([...response.headers])).not.toContain(key);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(text).toContain('****');
  });
});

describe('paths that would leave the base path', () => {
  it.each([
    '/proxy/plain/../echo/x',
    '/proxy/plain/%2e%2e/echo/x',
    '/proxy/plain/a/%2E%2e%2Fx',
    '/proxy/plain/..%2fx',
    '/proxy/plain/..%5cx',
    '/proxy/plain/%5c..%5cx',
    '/proxy/plain/..\\x',
    '/proxy/plain/.%2e/x',
    '/proxy/plain/x/..',
  ])('%s is a 400', async (path) => {
    const answer = await typed(
      house.url,
      `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${house.token}\r\nConnection: close\r\n\r\n`,
    );
    expect(statusOf(answer)).toBe(400);
    expect(house.upstream.calls).toEqual([]);
  });

  it.each(['//evil.test/x', '/@evil.test/x', '/:443@evil.test'])('%s stays below the base', async (rest) => {
    await typed(
      house.url,
      `GET /proxy/plain${rest} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${house.token}\r\nConnection: close\r\n\r\n`,
    );
    for (const call of house.upstream.calls) expect(call.path).toBe(`/plain${rest}`);
  });

  it('an absolute-form request line goes nowhere else', async () => {
    const answer = await typed(
      house.url,
      `GET http://evil.test/proxy/plain/echo/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${house.token}\r\nConnection: close\r\n\r\n`,
    );
    expect([200, 400, 404]).toContain(statusOf(answer));
    for (const call of house.upstream.calls) expect(call.path).toBe('/plain/echo/x');
  });
});

describe('who calls', () => {
  it.each([
    ['Authorization', () => ({ headers: { authorization: `Bearer ${house.token}` } })],
    ['x-api-key', () => ({ headers: { 'x-api-key': house.token } })],
    ['x-goog-api-key', () => ({ headers: { 'x-goog-api-key': house.token } })],
    ['X-Keywheel-Token', () => ({ headers: { 'x-keywheel-token': house.token } })],
    [
      'X-Keywheel-Token beside another credential',
      () => ({ headers: { 'x-keywheel-token': house.token, authorization: 'Bearer something-else' } }),
    ],
    [
      'the same twice',
      () => ({ headers: { authorization: `Bearer ${house.token}`, 'x-api-key': house.token } }),
    ],
  ])('%s', async (_name, request) => {
    expect((await raw(house.url, { path: '/proxy/plain/echo/a', ...request() })).status).toBe(200);
    expect(house.upstream.calls[0]).toMatchObject({ key, fault: undefined });
  });

  it('?key=, which is dropped', async () => {
    const { status } = await raw(house.url, { path: `/proxy/plain/echo/a?a=1&key=${house.token}&b=2` });
    expect(status).toBe(200);
    expect(house.upstream.calls[0]?.query).toBe('a=1&b=2');
  });

  it.each([
    ['none', {}],
    ['a wrong one', { authorization: 'Bearer kw_wrong' }],
    ['two different ones', { authorization: 'Bearer kw_one', 'x-api-key': 'kw_two' }],
  ])('%s: 401 as problem+json', async (_name, headers) => {
    const { status, body, headers: got } = await raw(house.url, { path: '/proxy/plain/echo/a', headers });
    expect(status).toBe(401);
    expect(got['content-type']).toContain('application/problem+json');
    const problem = JSON.parse(body.toString()) as Record<string, unknown>;
    expect(problem).toMatchObject({ status: 401, keywheel_code: expect.any(String) as unknown });
    expect(problem.request_id).toBe(got['x-request-id']);
  });

  it('two different ones, one of them good: 401', async () => {
    const { status } = await raw(house.url, {
      path: '/proxy/plain/echo/a',
      headers: { ...auth, 'x-api-key': 'kw_two' },
    });
    expect(status).toBe(401);
  });

  it('outside its scope: 403', async () => {
    const { secret } = await house.admin.createToken({ name: 'narrow', scopes: { upstreams: ['another'] } });
    expect(
      (await raw(house.url, { path: '/proxy/plain/echo/a', headers: { authorization: `Bearer ${secret}` } }))
        .status,
    ).toBe(403);
  });

  it('an unknown upstream: 404', async () => {
    expect((await raw(house.url, { path: '/proxy/nobody/x', headers: auth })).status).toBe(404);
  });
});
