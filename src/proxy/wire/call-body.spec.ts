import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool, request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { isPromise, type MaybePromise } from '../../kernel/maybe-promise.js';
import { bodyServer, type BodyServer } from './body-server.fixture.js';
import { CallBody, readBody } from './call-body.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server whose first request is handed to the test. */
async function firstRequest(): Promise<{
  server: BodyServer;
  asked: Promise<[IncomingMessage, ServerResponse]>;
}> {
  let resolve: (pair: [IncomingMessage, ServerResponse]) => void;
  const asked = new Promise<[IncomingMessage, ServerResponse]>((done) => (resolve = done));
  const server = await bodyServer((req, res) => resolve([req, res]));
  closers.push(() => server.close());
  return { server, asked };
}

describe('readBody', () => {
  it('holds small bodies as one Buffer and large ones as chunks', async () => {
    for (const [size, single] of [
      [10, true],
      [60_000, true],
      [2_000_000, false],
    ] as const) {
      const { server, asked } = await firstRequest();
      const sent = Buffer.alloc(size, 'x');
      const answer = request(`http://127.0.0.1:${server.port}`, { method: 'POST', body: sent });
      const [req, res] = await asked;
      const body = await readBody(req, 10_000_000);
      expect(body.length).toBe(size);
      expect(body.chunks.length === 1).toBe(single);
      expect(Buffer.concat(body.chunks).equals(sent)).toBe(true);
      res.end();
      await (await answer).body.dump();
    }
  });

  it('has a small body at once in the same turn of the event loop as its head, when sockets have been read', async () => {
    const seen = new Promise<{ body: MaybePromise<CallBody> }>((resolve) => {
      void bodyServer((req) => void setImmediate(() => resolve({ body: readBody(req, 100) }))).then(
        (server) => {
          closers.push(() => server.close());
          server.open('POST / HTTP/1.1\nhost: x\ncontent-length: 4\n\nbody');
        },
      );
    });
    const { body } = await seen;
    expect(isPromise(body)).toBe(false);
    expect((await body).chunks).toEqual([Buffer.from('body')]);
  });

  it('is empty at once where no body is announced', async () => {
    const { server, asked } = await firstRequest();
    server.open('GET / HTTP/1.1\nhost: x\n\n');
    const body = await readBody((await asked)[0], 0);
    expect([body.length, body.forDispatch()]).toEqual([0, null]);
  });

  it('refuses by Content-Length before a byte has come', async () => {
    const { server, asked } = await firstRequest();
    server.open('POST / HTTP/1.1\nhost: x\ncontent-length: 101\n\n');
    const [req] = await asked;
    expect(() => readBody(req, 100)).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });

  it('refuses while counting, and stops reading', async () => {
    const { server, asked } = await firstRequest();
    const socket = server.open('POST / HTTP/1.1\nhost: x\ntransfer-encoding: chunked\n\n');
    const piece = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const reading = readBody((await asked)[0], 100_000);
    for (let i = 0; i < 10; i++) socket.write(piece);
    await expect(reading).rejects.toMatchObject({ code: 'body_too_large' });
    expect((await asked)[0].isPaused()).toBe(true);
  });

  it('accepts a body of exactly the limit', async () => {
    const { server, asked } = await firstRequest();
    server.open(`POST / HTTP/1.1\nhost: x\ncontent-length: 100\n\n${'x'.repeat(100)}`);
    expect((await readBody((await asked)[0], 100)).length).toBe(100);
  });

  it('tells when the client goes away', async () => {
    const { server, asked } = await firstRequest();
    const socket = server.open('POST / HTTP/1.1\nhost: x\ncontent-length: 100\n\nhalf');
    const reading = readBody((await asked)[0], 100);
    socket.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'client_gone' });
  });
});

describe('CallBody', () => {
  it('can be sent any number of times, also in chunks', async () => {
    const got: string[] = [];
    const upstream = createServer((req, res) => {
      let size = 0;
      req
        .on('data', (chunk: Buffer) => (size += chunk.length))
        .on('end', () => {
          got.push(`${String(req.headers['content-length'])} ${size}`);
          res.end();
        });
    }).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const pool = new Pool(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
    closers.push(
      () => pool.destroy(),
      () => upstream.close(),
    );
    const body = new CallBody([Buffer.alloc(70_000), Buffer.alloc(200_000), Buffer.alloc(1)]);
    expect(body.chunks).toHaveLength(3);
    for (let attempt = 0; attempt < 3; attempt++) {
      const headers = { 'content-length': String(body.length) };
      const answer = await pool.request({ method: 'POST', path: '/', headers, body: body.forDispatch() });
      await answer.body.dump();
    }
    expect(got).toEqual(['270001 270001', '270001 270001', '270001 270001']);
  });
});
