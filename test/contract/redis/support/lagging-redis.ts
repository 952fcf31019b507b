import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Before a Redis: what that answers arrives `lagMs` late, and in order. */
export class LaggingRedis {
  lagMs = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async before(port: number): Promise<LaggingRedis> {
    const server = createServer();
    const lagging = new LaggingRedis(server, port);
    server.on('connection', (client: Socket) => lagging.join(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return lagging;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}/0`;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const redis = connect(this.port, '127.0.0.1');
    for (const [one, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (data) => redis.write(data));
    // One after the other: of two timers that are due together the later may be the first.
    let passed = Promise.resolve();
    redis.on('data', (data) => {
      const due = Date.now() + this.lagMs;
      passed = passed.then(async () => {
        if (due > Date.now()) await sleep(due - Date.now());
        client.write(data);
      });
    });
  }
}
