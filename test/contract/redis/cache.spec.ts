import { type Cache, CACHE_MANAGER } from '@nestjs/cache-manager';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConfig } from '../../../src/config/config.fixture.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { Secret } from '../../../src/kernel/secret.js';
import { RecordingLog } from '../../../src/logging/log.fixture.js';
import { LoggerModule } from '../../../src/logging/logger.module.js';
import { RedisConnection } from '../../../src/redis/redis-connection.js';
import { RedisModule } from '../../../src/redis/redis.module.js';
import { serverFor, TEST_REDIS_URL } from '../../support/servers.js';

async function open(redisUrl?: string): Promise<INestApplicationContext> {
  const config = testConfig({ redisUrl: redisUrl === undefined ? undefined : new Secret(redisUrl) });

  @Module({
    imports: [ConfigModule.register(config), LoggerModule.register(new RecordingLog()), RedisModule],
  })
  class Room {}

  return NestFactory.createApplicationContext(Room, { logger: false, abortOnError: false });
}

const kinds: { name: string; url: string | undefined }[] = [{ name: 'memory', url: undefined }];
if (await serverFor('Redis', TEST_REDIS_URL, 6379)) kinds.push({ name: 'redis', url: TEST_REDIS_URL });

describe.each(kinds)('the cache in $name', ({ name, url }) => {
  let context: INestApplicationContext;
  let cache: Cache;

  beforeAll(async () => {
    context = await open(url);
    cache = context.get(CACHE_MANAGER, { strict: false });
  });

  afterAll(() => context.close());

  it('keeps a value until it is deleted or its time is over', async () => {
    const key = randomUUID();
    await cache.set(key, { models: ['a'] }, 60_000);
    expect(await cache.get(key)).toEqual({ models: ['a'] });
    await cache.del(key);
    expect(await cache.get(key)).toBeUndefined();
    await cache.set(key, 1, 1);
    await expect.poll(() => cache.get(key)).toBeUndefined();
  });

  it('rests where it should', async () => {
    const key = randomUUID();
    await cache.set(key, 1, 60_000);
    const redis = context.get(RedisConnection, { strict: false });
    const keys = (await redis.client?.keys(`keywheel:cache:*${key}`)) ?? [];
    expect(keys).toEqual(name === 'redis' ? [`keywheel:cache:${key}`] : []);
    await cache.del(key);
  });
});

describe('the cache with a redis that is out or hangs', () => {
  const hangs = createServer((socket) => void socket.on('error', () => undefined));
  let port: number;

  beforeAll(async () => {
    await new Promise<void>((resolve) => hangs.listen(0, '127.0.0.1', resolve));
    port = (hangs.address() as AddressInfo).port;
  });

  afterAll(() => void hangs.close());

  it.each([
    ['out', () => 1],
    ['hanging', () => port],
  ])('misses instead of failing when it is %s', async (_, portOf) => {
    const context = await open(`redis://127.0.0.1:${portOf()}/0`);
    const cache: Cache = context.get(CACHE_MANAGER, { strict: false });
    await cache.set('key', 1);
    expect(await cache.get('key')).toBeUndefined();
    await cache.del('key');
    await context.close();
  });
});
