import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LuaScript } from '../../../src/redis/lua-script.js';
import { canStartRedis, RedisProcess } from '../../support/redis-process.js';

describe.skipIf(!canStartRedis())('scripts that redis does not know yet', () => {
  let server: RedisProcess;
  let client: Redis;

  beforeEach(async () => {
    server = await RedisProcess.start();
    client = new Redis(server.url, { enableOfflineQueue: true });
    client.on('error', () => undefined);
  });

  afterEach(async () => {
    client.disconnect();
    await server.end();
  });

  const put = new LuaScript(`return redis.call('SET', KEYS[1], ARGV[1])`);
  const get = new LuaScript(`return redis.call('GET', KEYS[1])`);
  const putAndGet = async (value: string) => {
    const [, seen] = await Promise.all([put.run(client, ['k'], [value]), get.run(client, ['k'], [])]);
    return seen;
  };

  it('run in the order in which they were sent', async () => {
    await get.run(client, ['k'], []);
    expect(await putAndGet('first')).toBe('first');
  });

  it('do so after a restart too', async () => {
    expect(await putAndGet('before')).toBe('before');
    const cut = new Promise((resolve) => client.once('close', resolve));
    await server.kill();
    await cut;
    await server.up();
    expect(await putAndGet('after')).toBe('after');
  });

  it('are sent again where redis has forgotten them', async () => {
    expect(await putAndGet('known')).toBe('known');
    await client.script('FLUSH');
    expect(await put.run(client, ['k'], ['again'])).toBe('OK');
    expect(await get.run(client, ['k'], [])).toBe('again');
  });
});
