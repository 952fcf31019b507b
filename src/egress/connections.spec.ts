import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { errors, type Dispatcher } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { Connections } from './connections.js';

const TOGETHER = 12;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: RequestListener, port = 0): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 0 }, listener).listen(port, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => (server.close(), server.closeAllConnections()));
  return server;
}

function connectionsTo(port: number): Connections {
  const connections = new Connections(`http://127.0.0.1:${port}`, { pipelining: 1 });
  closers.push(() => connections.destroy(new Error('the test is over')));
  return connections;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

interface Told {
  readonly body?: string;
  readonly error?: Error;
}

interface Asked {
  readonly told: Promise<Told>;
  /** Ends the call, as soon as it has begun. */
  readonly abort: () => void;
}

function ask(connections: Connections, path = '/'): Asked {
  let controller: Dispatcher.DispatchController | undefined;
  let aborted = false;
  let body = '';
  const told = new Promise<Told>((resolve) =>
    connections.dispatch(
      { method: 'GET', path },
      {
        onRequestStart: (begun) => {
          controller = begun;
          if (aborted) begun.abort(new Error('aborted'));
        },
        onResponseStart: () => undefined,
        onResponseData: (_controller, chunk) => void (body += chunk.toString()),
        onResponseEnd: () => resolve({ body }),
        onResponseError: (_controller, error) => resolve({ error }),
      },
    ),
  );
  return { told, abort: () => ((aborted = true), controller?.abort(new Error('aborted'))) };
}

/** undici waits a turn of the event loop before it takes a connection for free. */
async function allFree(connections: Connections): Promise<void> {
  await expect.poll(() => connections.isIdle, { interval: 1 }).toBe(true);
}

/** Which socket a call came over, as its answer. */
function numbering(): RequestListener {
  const sockets: Socket[] = [];
  return ({ socket, url }, res) => {
    if (!sockets.includes(socket)) sockets.push(socket);
    const end = () => res.end(String(sockets.indexOf(socket)));
    if (url === '/slow') setTimeout(end, 30);
    else end();
  };
}

describe('Connections', () => {
  it('are as many as there are calls at once, and the one that was free last is taken first', async () => {
    const connections = connectionsTo(portOf(await serve(numbering())));
    const three = [1, 2, 3].map(() => ask(connections, '/slow'));
    const bodies = await Promise.all(three.map(async ({ told }) => (await told).body));
    expect(new Set(bodies).size).toBe(3);
    await allFree(connections);
    const { body } = await ask(connections).told;
    for (let n = 0; n < 5; n++) {
      await allFree(connections);
      expect((await ask(connections).told).body).toBe(body);
    }
    expect(connections.size).toBe(3);
  });

  it('that are lost with their call do not stand before those that are warm', async () => {
    const connections = connectionsTo(portOf(await serve(numbering())));
    await Promise.all([1, 2].map(() => ask(connections, '/slow').told));
    await allFree(connections);
    for (const left of [1, 0]) {
      const { told, abort } = ask(connections, '/slow');
      abort();
      expect((await told).error).toMatchObject({ message: 'aborted' });
      await allFree(connections);
      expect(connections.size).toBe(left);
      const { body } = await ask(connections).told;
      expect(body === '2').toBe(left === 0);
      await allFree(connections);
    }
  });

  it('tell of a call that cannot be sent, and lose nothing by it', async () => {
    const connections = connectionsTo(portOf(await serve(numbering())));
    await ask(connections).told;
    await allFree(connections);
    for (const path of ['no slash', '/\u0000']) {
      expect((await ask(connections, path).told).error).toBeInstanceOf(errors.InvalidArgumentError);
      expect(connections.isIdle).toBe(true);
    }
    expect((await ask(connections).told).error).toBeUndefined();
  });

  it('are forgotten when the other side closes them, and made anew', async () => {
    const server = await serve(numbering());
    const connections = connectionsTo(portOf(server));
    await ask(connections).told;
    server.closeIdleConnections();
    await expect.poll(() => connections.size).toBe(0);
    expect((await ask(connections).told).body).toBe('1');
  });

  it('that cannot be made are told of, and tried anew with the next call', async () => {
    const gone = await serve(() => undefined);
    const port = portOf(gone);
    await new Promise((done) => gone.close(done));
    const connections = connectionsTo(port);
    for (let n = 0; n < 3; n++) {
      expect((await ask(connections).told).error).toMatchObject({ code: 'ECONNREFUSED' });
      expect([connections.size, connections.isIdle]).toEqual([0, true]);
    }
    await serve(numbering(), port);
    expect((await ask(connections).told).body).toBe('0');
  });

  it('let running calls end when they are closed, and take no others', async () => {
    const connections = connectionsTo(portOf(await serve(numbering())));
    const running = ask(connections, '/slow');
    const closed = connections.close();
    await expect(ask(connections).told).rejects.toBeInstanceOf(errors.ClientClosedError);
    expect((await running.told).body).toBe('0');
    await closed;
  });

  it('end running calls when they are destroyed', async () => {
    const connections = connectionsTo(portOf(await serve(() => undefined)));
    const running = ask(connections);
    await sleep(20);
    await connections.destroy(new Error('over'));
    expect((await running.told).error).toMatchObject({ message: 'over' });
  });

  it('carry one call at a time and are all free in the end, whatever becomes of calls', async () => {
    const together: ServerResponse[] = [];
    const server = await serve(({ socket, url = '' }, res) => {
      if (url === '/together') {
        if (together.push(res) === TOGETHER) for (const held of together.splice(0)) held.end('all');
        return;
      }
      if (url === '/closes') res.setHeader('connection', 'close');
      if (url === '/breaks') return void res.write('half', () => socket.destroy());
      if (url === '/resets') return void socket.resetAndDestroy();
      setTimeout(() => res.end('whole'), url === '/slow' ? 3 : 0);
    });
    const step = fc.record({
      path: fc.constantFrom('/', '/slow', '/closes', '/breaks', '/resets', 'unsendable'),
      abortMs: fc.option(fc.nat(4)),
      pauseMs: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const connections = connectionsTo(portOf(server));
        const calls: Promise<Told>[] = [];
        for (const { path, abortMs, pauseMs } of steps) {
          const { told, abort } = ask(connections, path);
          calls.push(told);
          if (abortMs === 0) abort();
          else if (abortMs !== null) setTimeout(abort, abortMs);
          if (pauseMs > 0) await sleep(pauseMs);
        }
        for (const { body, error } of await Promise.all(calls)) expect(error ?? body).toBeTruthy();
        await allFree(connections);
        expect(connections.size).toBeLessThanOrEqual(steps.length);
        // One that had to stand behind another would never be answered.
        const all = Array.from({ length: TOGETHER }, () => ask(connections, '/together').told);
        expect((await Promise.all(all)).map(({ body }) => body)).toEqual(all.map(() => 'all'));
        await connections.close();
      }),
      { numRuns: 60 },
    );
  });
});
