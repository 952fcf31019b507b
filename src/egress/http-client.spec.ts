import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../config/config.js';
import { GuardedLookup } from './guarded-lookup.js';
import { HttpClient, type HttpRequest } from './http-client.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const client = new HttpClient(new GuardedLookup({ allowPrivateUpstreams: true } as Config));

async function call(listener: RequestListener, more: Partial<HttpRequest> = {}) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => new Promise((done) => (server.close(done), server.closeAllConnections())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?key=sk-secret`;
  return client.request({ method: 'GET', url, timeoutMs: 5_000, maxBytes: 10_000, ...more });
}

describe('HttpClient', () => {
  it('answers with status, headers and the text as it came', async () => {
    const answer = await call((_req, res) =>
      res.writeHead(418, { 'X-Two': ['a', 'b'], 'content-type': 'application/json' }).end('{"a":1}'),
    );
    expect(answer).toMatchObject({ status: 418, body: '{"a":1}', headers: { 'x-two': 'a, b' } });
  });

  it('sends method, headers and body', async () => {
    const answer = await call(
      (req, res) => {
        let body = '';
        req
          .on('data', (chunk) => (body += String(chunk)))
          .on('end', () =>
            res.end(`${req.method} ${String(req.headers['x-a'])} ${req.headers['content-type']} ${body}`),
          );
      },
      { method: 'POST', headers: { 'x-a': '1', 'content-type': 'application/json' }, body: '{"x": 1}' },
    );
    expect(answer.body).toBe('POST 1 application/json {"x": 1}');
  });

  it('does not follow redirects', async () => {
    const answer = await call((_req, res) => res.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    expect(answer).toMatchObject({ status: 302, headers: { location: 'http://127.0.0.1:1/' } });
  });

  it('refuses an answer that is too long, declared or not, compressed or not', async () => {
    const long = Buffer.alloc(10_001, 'x');
    const broken = { code: 'upstream_broken', message: 'The answer of 127.0.0.1 is longer than allowed.' };
    await expect(call((_req, res) => res.end(long))).rejects.toMatchObject(broken);
    await expect(call((_req, res) => (res.write('x'), res.end(long)))).rejects.toMatchObject(broken);
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    await expect(
      call((_req, res) => res.setHeader('content-encoding', 'gzip').end(bomb)),
    ).rejects.toMatchObject(broken);
  });

  it('times out over the whole exchange, also while bytes trickle', async () => {
    const trickle: RequestListener = (_req, res) => {
      const timer = setInterval(() => res.write('x'), 10);
      res.on('close', () => clearInterval(timer));
    };
    await expect(call(trickle, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'upstream_timeout' });
    await expect(call(() => undefined, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'upstream_timeout',
    });
  });

  it('stops when the signal says so', async () => {
    const controller = new AbortController();
    const running = call(() => controller.abort(), { signal: controller.signal });
    await expect(running).rejects.toMatchObject({ code: 'client_gone' });
  });

  it('says nothing of headers, path and query when the call breaks', async () => {
    const error: unknown = await call((req) => req.destroy(), {
      headers: { authorization: 'Bearer sk-secret' },
    }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'upstream_broken' });
    const shown =
      JSON.stringify(error) + String((error as Error).stack) + JSON.stringify((error as Error).cause ?? '');
    expect(shown).not.toMatch(/secret|Bearer|\/path/);
  });

  it('calls http and https only', async () => {
    for (const url of ['data:text/plain,x', 'file:///etc/passwd', 'ftp://example.org']) {
      const running = client.request({ method: 'GET', url, timeoutMs: 1_000, maxBytes: 10 });
      await expect(running).rejects.toMatchObject({ code: 'upstream_refused' });
    }
  });
});
