import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Socket } from 'node:net';
import { Pool } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyServer } from './body-server.fixture.js';
import { StreamedBody } from './streamed-body.js';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function upload(head: string): Promise<{ socket: Socket; req: IncomingMessage; res: ServerResponse }> {
  let resolve: (pair: [IncomingMessage, ServerResponse]) => void;
  const asked = new Promise<[IncomingMessage, ServerResponse]>((done) => (resolve = done));
  const server = await bodyServer((req, res) => resolve([req, res]));
  closers.push(() => server.close());
  const socket = server.open(head);
  closers.push(() => socket.destroy());
  const [req, res] = await asked;
  return { socket, req, res };
}

const declared = (bytes: number): string => `POST / HTTP/1.1\nhost: x\ncontent-length: ${bytes}\n\n`;
const CHUNKED = 'POST / HTTP/1.1\nhost: x\ntransfer-encoding: chunked\n\n';
const limit = 1 << 30;
const keep = 1 << 20;

/** Reads until at least this many bytes came. */
async function readSome(stream: Readable, bytes: number): Promise<void> {
  for (let got = 0; got < bytes;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk) got += chunk.length;
    else await once(stream, 'readable');
  }
}

describe('StreamedBody', () => {
  it('begins to send before the body is complete', async () => {
    const { socket, req } = await upload(declared(10));
    const stream = new StreamedBody(req, { limit, keep }).forDispatch() as Readable;
    socket.write('first');
    await once(stream, 'readable');
    expect(String(stream.read())).toBe('first');
    socket.write('final');
    expect((await buffer(stream)).toString()).toBe('final');
  });

  it('sends all of it again as long as it kept all of it', async () => {
    const sent = randomBytes(300_000);
    const { socket, req } = await upload(declared(sent.length));
    const body = new StreamedBody(req, { limit, keep });
    expect(body.length).toBe(sent.length);
    socket.write(sent.subarray(0, 200_000));
    const first = body.forDispatch() as Readable;
    await readSome(first, 150_000);
    first.destroy();
    expect(body.replayable).toBe(true);
    const second = body.forDispatch() as Readable;
    socket.write(sent.subarray(200_000));
    expect((await buffer(second)).equals(sent)).toBe(true);
    expect((await buffer(body.forDispatch() as Readable)).equals(sent)).toBe(true);
  });

  it('replays whole whenever the attempt before ended', async () => {
    const sent = randomBytes(100_000);
    for (const readBefore of [0, 1, 50_000, 99_999, 100_000]) {
      const { socket, req } = await upload(declared(sent.length));
      const body = new StreamedBody(req, { limit, keep });
      socket.write(sent);
      const first = body.forDispatch() as Readable;
      await readSome(first, readBefore);
      expect((await buffer(body.forDispatch() as Readable)).equals(sent)).toBe(true);
      expect(first.destroyed).toBe(true);
    }
  });

  it('lets go what it kept once that is too much, and then refuses a repeat', async () => {
    const { socket, req } = await upload(declared(200_000));
    let drops = 0;
    const body = new StreamedBody(req, { limit, keep: 100_000, dropped: () => (drops += 1) });
    socket.write(Buffer.alloc(200_000));
    expect((await buffer(body.forDispatch() as Readable)).length).toBe(200_000);
    expect([body.replayable, body.keptBytes]).toEqual([false, 0]);
    expect(() => body.forDispatch()).toThrow('not kept');
    body.discard();
    expect(drops).toBe(1);
  });

  it('keeps no more in memory than its bounds while nobody reads, however much comes', async () => {
    const total = 64 * 1024 * 1024;
    const { socket, req } = await upload(declared(total));
    const body = new StreamedBody(req, { limit, keep });
    const stream = body.forDispatch() as Readable;
    const piece = Buffer.alloc(1024 * 1024);
    for (let i = 0; i < 64; i++) socket.write(piece);
    await readSome(stream, 3 * 1024 * 1024);
    await expect.poll(() => req.isPaused()).toBe(true);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(stream.readableLength + req.readableLength + body.keptBytes).toBeLessThan(2 * 1024 * 1024);
    expect(socket.writableLength).toBeGreaterThan(total / 2);
  });

  it('reads nothing before the first attempt', async () => {
    const { socket, req } = await upload(declared(10 * 1024 * 1024));
    const body = new StreamedBody(req, { limit, keep });
    socket.write(Buffer.alloc(10 * 1024 * 1024));
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(body.keptBytes).toBe(0);
    expect(socket.writableLength).toBeGreaterThan(0);
  });

  it('refuses by Content-Length at once and by count on the way', async () => {
    const { req } = await upload(declared(101));
    expect(() => new StreamedBody(req, { limit: 100, keep })).toThrow(
      expect.objectContaining({ code: 'body_too_large' }),
    );

    const chunked = await upload(CHUNKED);
    const body = new StreamedBody(chunked.req, { limit: 100, keep });
    expect(body.length).toBeUndefined();
    const stream = body.forDispatch() as Readable;
    chunked.socket.write(`c8\r\n${'x'.repeat(200)}\r\n`);
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'body_too_large' });
    expect(body).toMatchObject({ replayable: false, failure: { code: 'body_too_large' } });
    expect(() => body.forDispatch()).toThrow(expect.objectContaining({ code: 'body_too_large' }));
  });

  it('ends the attempt when the client goes away', async () => {
    const { socket, req } = await upload(declared(100));
    const body = new StreamedBody(req, { limit, keep });
    const stream = body.forDispatch() as Readable;
    socket.write('half');
    await readSome(stream, 4);
    socket.destroy();
    await expect(buffer(stream)).rejects.toMatchObject({ code: 'client_gone' });
    expect(body.failure?.code).toBe('client_gone');
  });

  it('frees the connection for its next request when the rest is discarded', async () => {
    const { socket, req, res } = await upload(declared(1_000_000));
    const body = new StreamedBody(req, { limit, keep });
    const stream = body.forDispatch() as Readable;
    socket.write(Buffer.alloc(500_000));
    await readSome(stream, 1_000);
    body.discard();
    res.end('early');
    await once(socket, 'data');
    socket.write(Buffer.alloc(500_000));
    await once(req, 'end');
    expect(req.complete).toBe(true);
  });

  it('goes through undici with its length, and again after an upstream that answered early', async () => {
    const sent = randomBytes(900_000);
    const { socket, req } = await upload(declared(sent.length));
    const got: Buffer[] = [];
    let calls = 0;
    const upstream = await bodyServer((from, to) => {
      if (++calls === 1) return void to.writeHead(503).end('busy');
      void buffer(from).then((bytes) => (got.push(bytes), to.end(from.headers['content-length'])));
    });
    closers.push(() => upstream.close());
    const pool = new Pool(`http://127.0.0.1:${upstream.port}`);
    closers.push(() => pool.destroy());
    const body = new StreamedBody(req, { limit, keep });
    const post = () =>
      pool.request({
        method: 'POST',
        path: '/',
        headers: { 'content-length': '900000' },
        body: body.forDispatch(),
      });
    socket.write(sent.subarray(0, 500_000));
    const first = await post();
    await first.body.dump();
    expect([first.statusCode, body.replayable]).toEqual([503, true]);
    const second = post();
    socket.write(sent.subarray(500_000));
    expect(await (await second).body.text()).toBe('900000');
    expect(got[0]?.equals(sent)).toBe(true);
  });
});
