import cluster from 'node:cluster';
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

/**
 * Node accepts one connection of a listening socket in each turn of its event loop (https://github.com/libuv/libuv/pull/3696). A busy
 * process has few turns, so clients that connect would stand in the kernel's queue, unseen, until they give up.
 */
const SOCKETS = 64;
/** Of each socket; what stands there longer than its client waits is work for nothing. */
const BACKLOG = 64;

/** One HTTP server that accepts through several sockets on its port, where the system lets them share it. */
export class Listeners {
  private readonly others: Server[] = [];

  constructor(private readonly server: HttpServer) {}

  async open(port: number, host: string): Promise<void> {
    // A worker gets its connections from the process that keeps it, which has turns enough.
    if (process.platform !== 'linux' || cluster.isWorker) return listening(this.server, { port, host });
    if (port !== 0) await assertFree(port, host);
    await listening(this.server, { port, host, reusePort: true, backlog: BACKLOG });
    const shared = { port: (this.server.address() as AddressInfo).port, host };
    while (this.others.length < SOCKETS - 1) {
      // With the options that node:http gives its own.
      const other = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        this.server.emit('connection', socket);
      });
      this.others.push(other);
      await listening(other, { ...shared, reusePort: true, backlog: BACKLOG });
    }
  }

  close(): void {
    for (const other of this.others) other.close();
  }
}

/** Sockets that may share a port do not find out that another program has it. */
async function assertFree(port: number, host: string): Promise<void> {
  const probe = createServer();
  await listening(probe, { port, host });
  probe.close();
  await once(probe, 'close');
}

async function listening(server: Server, options: Parameters<Server['listen']>[0]): Promise<void> {
  server.listen(options);
  await once(server, 'listening');
}
