import { createConnection } from 'node:net';
import { freePort } from '../../test/e2e/support/free-port.ts';
import { startProgram } from './children.ts';
import { installed, onOtherCores } from './cores.ts';
import { Unavailable } from './unavailable.ts';

export interface RedisServer {
  readonly url: string;
  readonly what: string;
  readonly stop: () => Promise<void>;
}

/** The Redis of `BENCH_REDIS_URL`, or one of its own that stores nothing, beside load and upstream. */
export async function openRedis(): Promise<RedisServer> {
  const given = process.env.BENCH_REDIS_URL;
  if (given !== undefined) return { url: given, what: 'BENCH_REDIS_URL', stop: async () => {} };
  const program = ['redis-server', 'valkey-server'].find(installed);
  if (program === undefined) throw new Unavailable('no redis-server installed and no BENCH_REDIS_URL');
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const { stop } = await startProgram([...onOtherCores, program, ...args], () => accepts(port));
  return { url: `redis://127.0.0.1:${port}/0`, what: program, stop };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
