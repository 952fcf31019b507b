import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHome } from './support/home.ts';
import { openHouse, type House } from './support/house.ts';
import { raw, statusOf, typed } from './support/raw.ts';
import { startGateway } from './support/start-gateway.ts';
import { until } from './support/until.ts';

const MIB = 1024 * 1024;

let house: House;
let auth: { authorization: string };

beforeAll(async () => {
  house = await openHouse();
  auth = { authorization: `Bearer ${house.token}` };
  await house.pool('plain', 'http', ['good', 'good']);
});

afterAll(() => house.close());
beforeEach(() => house.upstream.forget());

/** Waits until a figure stands still, and answers it. */
async function settled(read: () => number): Promise<number> {
  let last = -1;
  let same = 0;
  await until(() => {
    const now = read();
    same = now === last ? same + 1 : 0;
    last = now;
    return same >= 20;
  }, 'a figure that stands still');
  return last;
}

function open(path: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(house.url);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path, headers: auth, agent: false }, resolve).on('error', reject).end();
  });
}

describe('back-pressure', () => {
  it('a client that does not read holds the upstream up, not our memory', async () => {
    const before = house.gateway.process.rss();
    const size = 400 * MIB;
    const response = await open(`/proxy/plain/bytes?n=${size}`);
    response.pause();
    const written = await settled(() => house.upstream.calls[0]?.written ?? 0);
    expect(written * 65_536).toBeLessThan(64 * MIB);
    expect(house.gateway.process.rss() - before).toBeLessThan(100 * MIB);
    let got = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) got += chunk.length;
    expect(got).toBe(size);
    // What has passed waits for its collection, see main.ts, but not all of it.
    expect(house.gateway.process.rss() - before).toBeLessThan(250 * MIB);
  });

  it('an upstream that does not read holds the client up', async () => {
    await house.admin.changeSettings({ maxBodyBytes: 500 * MIB });
    const before = house.gateway.process.rss();
    const size = 300 * MIB;
    let taken = 0;
    const hash = createHash('sha256');
    const chunks = function* () {
      for (; taken < size; taken += 65_536) {
        const chunk = Buffer.alloc(65_536, `chunk ${taken}`);
        hash.update(chunk);
        yield chunk;
      }
    };
    const answered = fetch(`${house.url}/proxy/plain/held?hold=upload`, {
      method: 'POST',
      headers: auth,
      body: Readable.toWeb(Readable.from(chunks())) as ReadableStream,
      duplex: 'half',
    });
    // The kernel may hold 32 MiB and more for each of two connections, as its settings say; we do not.
    expect(await settled(() => taken)).toBeLessThan(150 * MIB);
    expect(house.gateway.process.rss() - before).toBeLessThan(100 * MIB);
    house.upstream.holds.release('upload');
    expect(await (await answered).json()).toEqual({ bytes: size, sha256: hash.digest('hex') });
    await house.admin.ask('DELETE', '/api/admin/settings/maxBodyBytes');
  });
});

describe('cancellation', () => {
  it('reaches an upstream that is answering', async () => {
    const response = await open('/proxy/plain/drip?n=100000&ms=20');
    let chunks = 0;
    await until(() => response.read() !== null && (chunks += 1) === 3, 'three chunks');
    response.destroy();
    const call = house.upstream.calls[0]!;
    const writtenThen = call.written;
    await until(() => call.abortedAt, 'the upstream sees that the client left');
    // 100 ms are five chunks; a few more for a busy machine, and far from the rest.
    expect(call.written - writtenThen).toBeLessThan(15);
  });

  it('reaches an upstream that has not answered', async () => {
    house.upstream.next('silence');
    const leaving = new AbortController();
    const asked = fetch(`${house.url}/proxy/plain/echo/x`, { headers: auth, signal: leaving.signal }).catch(
      () => 'left',
    );
    const call = await until(() => house.upstream.calls[0], 'the upstream is asked');
    leaving.abort();
    expect(await asked).toBe('left');
    await until(() => call.abortedAt, 'the upstream sees that the client left');
  });

  it('ends the wait for a key', async () => {
    await house.pool('narrow', 'http', ['good'], { limits: { concurrency: 1 } });
    const first = await open('/proxy/narrow/drip?n=100000&ms=20');
    const leaving = new AbortController();
    const second = fetch(`${house.url}/proxy/narrow/echo/x`, { headers: auth, signal: leaving.signal }).catch(
      () => 'left',
    );
    leaving.abort();
    expect(await second).toBe('left');
    first.destroy();
    await until(() => house.upstream.calls[0]?.abortedAt, 'the first call has ended');
    expect((await raw(house.url, { path: '/proxy/narrow/echo/x', headers: auth })).status).toBe(200);
    expect(house.upstream.calls.filter(({ path }) => path.startsWith('/plain/echo'))).toHaveLength(1);
  });
});

describe('bounds', () => {
  it.each([
    ['declared', { 'content-length': String(3 * MIB) }],
    ['chunked', { 'transfer-encoding': 'chunked' }],
  ])('a body over the limit, %s: 413', async (_name, headers) => {
    await house.admin.changeSettings({ maxBodyBytes: 2 * MIB });
    const answer = await raw(house.url, {
      method: 'POST',
      path: '/proxy/plain/echo/x',
      headers: { ...auth, ...headers },
      body: Buffer.alloc(3 * MIB),
    });
    expect(answer.status).toBe(413);
    await house.admin.ask('DELETE', '/api/admin/settings/maxBodyBytes');
  });

  it('a body of which nothing is wanted: a client that reads only after it has sent all sees why', async () => {
    const size = 20 * MIB;
    const head = ['POST /proxy/plain/echo/x HTTP/1.1', 'host: x', 'authorization: Bearer wrong'];
    const answer = await typed(
      house.url,
      [...head, `content-length: ${size}`, '', 'x'.repeat(size)].join('\r\n'),
    );
    expect(statusOf(answer)).toBe(401);
    expect(answer).toContain('"keywheel_code":"invalid_token"');
  });

  it('a client that never stops sending is hung up on', async () => {
    const { hostname, port } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    socket.write('POST /proxy/plain/echo/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n');
    const dripping = setInterval(() => socket.write('x'), 50);
    socket.on('error', () => undefined).resume();
    await once(socket, 'close');
    clearInterval(dripping);
  });
});

describe('failover of plain HTTP', () => {
  it.each([
    ['GET', {}, 200],
    ['PUT', {}, 200],
    ['POST', {}, 500],
    ['POST', { 'idempotency-key': 'once' }, 200],
  ] as const)('%s %o after a 500: %i', async (method, headers, status) => {
    house.upstream.next('server_error');
    const answer = await raw(house.url, {
      method,
      path: '/proxy/plain/echo/x',
      headers: { ...auth, ...headers },
      ...(method === 'GET' ? {} : { body: 'x' }),
    });
    expect(answer.status).toBe(status);
  });

  it('a refused key gives way to the next, whatever the method', async () => {
    await house.pool('two', 'http', ['unauthorized', 'good'], { rotation: 'sequential' });
    for (let round = 0; round < 4; round += 1) {
      const { status } = await raw(house.url, {
        method: 'POST',
        body: 'x',
        path: '/proxy/two/echo/x',
        headers: auth,
      });
      expect(status).toBe(200);
    }
  });
});

describe('the dialled address', () => {
  it('is refused where private upstreams are not allowed', async () => {
    const home = await createHome();
    const open = await startGateway({ home });
    await open.admin.addUpstream({
      slug: 'inside',
      protocol: 'http',
      baseUrl: `${house.upstream.url}/plain`,
    });
    const { secret } = await open.admin.createToken();
    await open.stop();
    const closed = await startGateway({ home, env: { ALLOW_PRIVATE_UPSTREAMS: 'false' } });
    const answer = await raw(closed.url, {
      path: '/proxy/inside/echo/x',
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(answer.status).toBe(502);
    expect(answer.body.toString()).toContain('upstream_refused');
    expect(house.upstream.calls).toEqual([]);
    await closed.stop();
    await home.remove();
  });
});
