import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { canStartRedis, freePort, RedisProcess, spawnRedis } from '../../support/redis-process.js';
import { Instance, key } from './support/instance.js';

const LAST_SLOT = 16_383;
const PATIENCE = { timeout: 20_000, interval: 50 };

describe.skipIf(!canStartRedis())('redis in all its places', () => {
  const ended: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ended.splice(0).reverse()) await end();
  });

  const node = async (...options: string[]) => {
    const redis = await RedisProcess.start(options);
    ended.push(() => redis.end());
    return redis;
  };
  const tell = async (port: number, ...command: [string, ...string[]]) => {
    const client = new Redis({ port });
    client.on('error', () => undefined);
    try {
      return await client.call(...command);
    } finally {
      client.disconnect();
    }
  };

  const sharesLimits = async (url: string) => {
    const prefix = `kwtest:${randomUUID()}:`;
    const all = await Promise.all([1, 2].map(() => Instance.start(url, prefix)));
    ended.push(() => Promise.all(all.map((one) => one.end())));
    await expect.poll(() => all.map(({ redis }) => redis.link.mode), PATIENCE).toEqual(['shared', 'shared']);
    const upstreams = ['u', 'v', 'w'];
    const limits = [{ rpm: 6, concurrency: 5 }];
    for (const one of all)
      for (const upstreamId of upstreams)
        await one.pool([key(`of-${upstreamId}`, { limits })], {}, upstreamId);
    // All in one turn of the event loop, which is one script where Redis takes one for several upstreams.
    const got = upstreams.map(async (upstreamId) => {
      const each = await Promise.all(all.map((one) => one.granted(5, { upstreamId })));
      return each.reduce((a, b) => a + b, 0);
    });
    expect(await Promise.all(got)).toEqual([5, 5, 5]);
    expect(all.map(({ redis }) => redis.link.mode)).toEqual(['shared', 'shared']);
  };

  it('one', async () => {
    const { port } = await node();
    await sharesLimits(`redis://127.0.0.1:${port}`);
  });

  it('one node of a cluster, by itself', async () => {
    const { port } = await node('--cluster-enabled', 'yes');
    await tell(port, 'CLUSTER', 'ADDSLOTSRANGE', '0', String(LAST_SLOT));
    await expect.poll(() => tell(port, 'CLUSTER', 'INFO'), PATIENCE).toContain('cluster_state:ok');
    await sharesLimits(`redis://127.0.0.1:${port}`);
  });

  it('a cluster', async () => {
    const [first, second] = [await node('--cluster-enabled', 'yes'), await node('--cluster-enabled', 'yes')];
    await tell(first.port, 'CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
    await tell(second.port, 'CLUSTER', 'ADDSLOTSRANGE', '8192', String(LAST_SLOT));
    await tell(first.port, 'CLUSTER', 'MEET', '127.0.0.1', String(second.port));
    for (const { port } of [first, second]) {
      await expect.poll(() => tell(port, 'CLUSTER', 'INFO'), PATIENCE).toContain('cluster_state:ok');
    }
    await sharesLimits(`redis+cluster://127.0.0.1:${first.port},127.0.0.1:${second.port}`);
  });

  it('sentinels', async () => {
    const master = await node();
    const directory = await mkdtemp(join(tmpdir(), 'keywheel-sentinel-'));
    const config = join(directory, 'sentinel.conf');
    const port = await freePort();
    await writeFile(config, `port ${port}\nsentinel monitor main 127.0.0.1 ${master.port} 1\n`);
    const sentinel: ChildProcess = spawnRedis([config, '--sentinel']);
    ended.push(async () => {
      sentinel.kill('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    });
    await expect.poll(() => tell(port, 'PING').catch(() => undefined), PATIENCE).toBe('PONG');
    await sharesLimits(`redis+sentinel://127.0.0.1:${port}/main/0`);
  });
});
