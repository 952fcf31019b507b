import { connect, type Socket } from 'node:net';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './support/ask.ts';
import { openHouse, type House } from './support/house.ts';
import { until } from './support/until.ts';

const MOST = 4;
const MIB = 1024 * 1024;

let house: House;
let slowloris: Promise<string>;

/** What a peer says until it hangs up, while `speak` goes on. */
function conversation(url: string, speak: (socket: Socket) => Promise<void>): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => void speak(socket));
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(heard));
  });
}

const post = (path: string, length: number, type = 'application/json') =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: x',
    `Authorization: Bearer ${house.token}`,
    `Content-Type: ${type}`,
    `Content-Length: ${length}`,
    '\r\n',
  ].join('\r\n');

beforeAll(async () => {
  house = await openHouse({
    env: { KEYWHEEL_MAX_OPEN_CALLS: String(MOST), KEYWHEEL_CLIENT_IDLE_TIMEOUT_MS: '1000' },
  });
  await house.pool('good', 'openai', ['good']);
  await house.pool('slow', 'openai', [{ kind: 'slow', delayMs: 300 }]);
  await house.pool('plain', 'http', ['good']);
  slowloris = conversation(house.url, async (socket) => {
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n');
    while (!socket.destroyed) {
      await sleep(500);
      socket.write('X-More: 1\r\n');
    }
  });
});

afterAll(() => house.close());
beforeEach(() => house.upstream.forget());

describe('more calls than may run', () => {
  it('are refused at once, in the envelope of their protocol, and served again later', async () => {
    const running = Array.from({ length: MOST }, () => ask(house, 'slow', 'openai', { streamed: true }));
    await until(() => house.upstream.calls.length === MOST, 'all run');
    for (const speech of ['openai', 'anthropic', 'gemini', 'http'] as const) {
      const { status, headers, body } = await ask(house, 'good', speech);
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('1');
      expect(headers.get('x-request-id')).toMatch(/^req_/);
      expect(body).toContain('overloaded');
    }
    for (const { status, body } of await Promise.all(running)) {
      expect(status).toBe(200);
      expect(body).toContain('[DONE]');
    }
    expect((await ask(house, 'good', 'openai')).status).toBe(200);
    expect(await house.admin.get<string>('/metrics')).toMatch(
      /^keywheel_calls_total\{.*outcome="overloaded".*\} 4$/m,
    );
  });
});

describe('clients that hold calls', () => {
  it('with a body of a byte now and then are hung up on', async () => {
    const heard = await conversation(house.url, async (socket) => {
      socket.write(post('/v1/chat/completions', 100_000));
      while (!socket.destroyed) {
        socket.write('{');
        await sleep(100);
      }
    });
    expect(heard).toMatch(/^HTTP\/1\.1 408 /);
    expect(house.upstream.calls).toHaveLength(0);
  });

  it('by not reading are hung up on, and so is their upstream', async () => {
    const { hostname, port } = new URL(house.url);
    const headers = { authorization: `Bearer ${house.token}` };
    const path = `/proxy/plain/bytes?n=${400 * MIB}`;
    const idle = httpRequest({ hostname, port, path, headers, agent: false }, (response) => {
      response.pause().on('error', () => undefined);
    });
    idle.on('error', () => undefined).end();
    await until(() => house.upstream.calls[0]?.abortedAt, 'the upstream is let go');
    idle.destroy();
    expect((await ask(house, 'good', 'openai')).status).toBe(200);
  });

  it('but an upload that goes on may take longer', async () => {
    const [pieces, size] = [15, 2048];
    const heard = await conversation(house.url, async (socket) => {
      socket.write(post('/proxy/plain/echo', pieces * size, 'text/plain'));
      for (let n = 0; n < pieces; n += 1) {
        socket.write('x'.repeat(size));
        await sleep(200);
      }
      await until(() => house.upstream.calls[0]?.finishedAt, 'it is answered');
      socket.end();
    });
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    expect(house.upstream.calls[0]?.bodyBytes).toBe(pieces * size);
  });

  it('and an upstream may be slow to begin', async () => {
    const { status, body } = await ask(house, 'slow', 'openai', { streamed: true });
    expect(status).toBe(200);
    expect(body).toContain('[DONE]');
  });

  it('with a head that never ends are hung up on', async () => {
    expect(await slowloris).toMatch(/^HTTP\/1\.1 408 /);
  });
});
