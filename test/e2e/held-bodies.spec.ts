import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Told } from './support/ask.ts';
import { openHouse, type House } from './support/house.ts';
import { raw, statusOf, typed } from './support/raw.ts';
import { until } from './support/until.ts';

const ROOM = 1024 * 1024;
const LARGE = 'x'.repeat(700 * 1024);

let house: House;

beforeAll(async () => {
  house = await openHouse({ env: { KEYWHEEL_MAX_HELD_BYTES: String(ROOM) } });
  await house.pool('good', 'openai', ['good']);
  await house.pool('silent', 'openai', ['silence']);
  await house.pool('plain', 'http', [{ script: ['server_error'], then: 'good' }, 'good']);
});

afterAll(() => house.close());
beforeEach(() => house.upstream.forget());

/** While a large body waits with a silent upstream. */
async function beside<T>(work: () => Promise<T>): Promise<T> {
  const before = house.upstream.calls.length;
  const leaving = new AbortController();
  const waiting = ask(house, 'silent', 'openai', { text: LARGE, signal: leaving.signal }).catch(
    () => undefined,
  );
  await until(() => house.upstream.calls.length > before, 'it waits');
  try {
    return await work();
  } finally {
    leaving.abort();
    await waiting;
  }
}

function expectOverloaded({ status, headers, body }: Told): void {
  expect(status).toBe(503);
  expect(headers.get('retry-after')).toBe('1');
  expect(body).toContain('overloaded');
}

describe('bodies for which there is no room beside those of other calls', () => {
  it('are refused in the envelope of their protocol, and taken when there is room again', async () => {
    await beside(async () => {
      for (const speech of ['openai', 'anthropic', 'gemini'] as const)
        expectOverloaded(await ask(house, 'good', speech, { text: LARGE }));
    });
    await until(
      async () => (await ask(house, 'good', 'openai', { text: LARGE })).status === 200,
      'room again',
    );
  });

  it('are refused as they grow where no length is announced', async () => {
    const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${house.token}\r\n`;
    const body = `Transfer-Encoding: chunked\r\n\r\n${LARGE.length.toString(16)}\r\n${LARGE}\r\n`;
    const heard = await beside(() => typed(house.url, head + body));
    expect(statusOf(heard)).toBe(503);
    expect(heard).toContain('overloaded');
  });

  it('do not keep small ones out', async () => {
    const { status } = await beside(() => ask(house, 'good', 'openai', { text: 'x'.repeat(50_000) }));
    expect(status).toBe(200);
  });

  it('flow through where they need not be held, but have one attempt', async () => {
    const put = () =>
      raw(house.url, {
        method: 'PUT',
        path: '/proxy/plain/echo',
        headers: { authorization: `Bearer ${house.token}`, 'content-type': 'text/plain' },
        body: LARGE,
      });
    const refused = await beside(put);
    expect([refused.status, refused.headers['x-keywheel-attempts']]).toEqual([500, '1']);
    const served = await beside(put);
    expect([served.status, served.headers['x-keywheel-attempts']]).toEqual([200, '1']);
  });
});

describe('an upload that flows through', () => {
  it('takes no room when nothing of it is kept any more', async () => {
    const { hostname, port } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `PUT /proxy/plain/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${house.token}\r\nContent-Length: ${3 * ROOM}\r\n\r\n`,
    );
    socket.write('x'.repeat(2 * ROOM));
    await until(() => house.upstream.calls.some(({ bodyBytes }) => bodyBytes === 2 * ROOM), 'it flows');
    expect((await ask(house, 'good', 'openai', { text: LARGE })).status).toBe(200);
    socket.destroy();
  });
});

describe('a body that is larger than the room', () => {
  it('is taken where no other is held', async () => {
    const { status } = await ask(house, 'good', 'openai', { text: 'x'.repeat(3 * ROOM) });
    expect(status).toBe(200);
  });
});
