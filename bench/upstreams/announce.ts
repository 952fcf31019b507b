import type { Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';

/** Node accepts one connection of a socket in a turn of its event loop: too few for thousands of streams at once. */
const SOCKETS = process.platform === 'linux' ? 64 : 1;
const HOST = '127.0.0.1';
const BACKLOG = 1024;

/** Listens on a free port, through many sockets where the system lets them share it, and prints the URL. */
export function announce(server: Server): void {
  const options = { host: HOST, backlog: BACKLOG, reusePort: SOCKETS > 1 };
  server.listen({ ...options, port: 0 }, () => {
    const { port } = server.address() as AddressInfo;
    for (let more = 1; more < SOCKETS; more += 1)
      createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        server.emit('connection', socket);
      }).listen({ ...options, port });
    process.stdout.write(`http://${HOST}:${port}\n`);
  });
}
