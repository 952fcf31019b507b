import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { testConfig } from '../config/config.fixture.js';
import { Secret } from '../kernel/secret.js';
import { RecordingLog } from '../logging/log.fixture.js';
import { RedisConnection } from './redis-connection.js';

type Answer = (socket: Socket, commands: string) => void;

const ended: (() => void)[] = [];
afterEach(() => ended.splice(0).forEach((end) => end()));

/** Speaks just enough of Redis's protocol; `answer` gets the raw text of what came. */
async function fakeRedis(answer: Answer, port = 0): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => answer(socket, String(data)));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  };
  ended.push(close);
  return { port: (server.address() as AddressInfo).port, close };
}

/** Answers each command in the batch with OK, INFO with a body, and PING unless it hangs. */
const lively: Answer = (socket, text) => {
  for (const command of text.split(/^\*\d+\r\n/m).slice(1)) {
    if (/info/i.test(command)) socket.write('$15\r\nredis_version:7\r\n');
    else socket.write(/ping/i.test(command) ? '+PONG\r\n' : '+OK\r\n');
  }
};

const hung: Answer = (socket, text) => {
  if (!/ping/i.test(text)) lively(socket, text);
};

function connection(port: number) {
  const redisUrl = new Secret(`redis://127.0.0.1:${port}/0`);
  const redis = new RedisConnection(testConfig({ redisUrl }), new RecordingLog());
  ended.push(() => redis.onApplicationShutdown());
  return { redis };
}

describe('the connection to redis', () => {
  it('is absent without a URL', async () => {
    const redis = new RedisConnection(testConfig(), new RecordingLog());
    await redis.onModuleInit();
    expect(redis.state()).toBe('absent');
    expect(await redis.answers()).toBe(false);
  });

  it('is up with a server that answers', async () => {
    const { port } = await fakeRedis(lively);
    const { redis } = connection(port);
    await redis.onModuleInit();
    expect(redis.state()).toBe('up');
    expect(await redis.answers()).toBe(true);
  });

  it('starts without a server, fails commands at once, and comes back by itself', async () => {
    const { port, close } = await fakeRedis(lively);
    close();
    const { redis } = connection(port);
    await redis.onModuleInit();
    expect(redis.state()).toBe('down');
    await expect(redis.client?.ping()).rejects.toThrow('writeable');
    await fakeRedis(lively, port);
    await vi.waitFor(() => expect(redis.state()).toBe('up'), 10_000);
  });

  it('gives up on a command that gets no answer', async () => {
    const { port } = await fakeRedis(hung);
    const { redis } = connection(port);
    await redis.onModuleInit();
    expect(redis.state()).toBe('up');
    await expect(redis.client?.ping()).rejects.toThrow('timed out');
    expect(await redis.answers()).toBe(false);
  });
});
