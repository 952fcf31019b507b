import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Listeners } from './listeners.js';

const CLIENTS = 64;
const HOST = '127.0.0.1';

const open: { readonly server: ReturnType<typeof createServer>; readonly listeners: Listeners }[] = [];

async function opened(port = 0) {
  const server = createServer((req, res) => void res.end(req.url));
  const listeners = new Listeners(server);
  await listeners.open(port, HOST);
  open.push({ server, listeners });
  return { server, port: (server.address() as AddressInfo).port };
}

function closeAll(): void {
  for (const { server, listeners } of open.splice(0)) {
    listeners.close();
    server.close();
    server.closeAllConnections();
  }
}

afterEach(closeAll);

describe('the listeners', () => {
  it('answer on one port', async () => {
    const { port } = await opened();
    const texts = Array.from({ length: 20 }, async (_, index) =>
      (await fetch(`http://${HOST}:${port}/${index}`)).text(),
    );
    expect(await Promise.all(texts)).toEqual(Array.from({ length: 20 }, (_, index) => `/${index}`));
  });

  it('take many clients in one turn of the event loop', async () => {
    const { server, port } = await opened();
    const turns = new Set<number>();
    let turn = 0;
    const count = () => {
      turn += 1;
      if (server.listening) setImmediate(count);
    };
    const accepted = new Promise<void>((resolve) => {
      let clients = 0;
      server.on('connection', () => {
        turns.add(turn);
        if (++clients === CLIENTS) resolve();
      });
    });
    const clients = Array.from({ length: CLIENTS }, () => connect(port, HOST));
    count();
    await accepted;
    expect(turns.size).toBeLessThan(CLIENTS / 2);
    for (const client of clients) client.destroy();
  });

  it('find out that a port is taken, and leave it when they close', async () => {
    const { port } = await opened();
    await expect(opened(port)).rejects.toThrow('EADDRINUSE');
    closeAll();
    expect((await opened(port)).port).toBe(port);
  });
});
