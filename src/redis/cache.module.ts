import { CacheModule, type CacheOptions } from '@nestjs/cache-manager';
import { Keyv } from 'keyv';
import { Config } from '../config/config.js';
import { parseRedisUrl } from '../config/redis-url.js';
import { Log } from '../logging/log.js';
import { BoundedMap } from './bounded-map.js';

/** Milliseconds. */
const TTL = 30_000;
const CONNECT_TIMEOUT = 500;
const MAX_RECONNECT_DELAY = 2_000;
/** Entries; the oldest goes first. */
const MOST_IN_MEMORY = 5000;
const NAMESPACE = 'keywheel:cache';

/** Misses the cache, rather than waiting, while Redis is out. */
async function inRedis(url: string, log: Log): Promise<Keyv> {
  // The client of the cache is an eighth of all modules, and most processes have no Redis.
  const { PromptRedis } = await import('./prompt-redis.js');
  const adapter = new PromptRedis(
    {
      url,
      disableOfflineQueue: true,
      socket: {
        connectTimeout: CONNECT_TIMEOUT,
        reconnectStrategy: (attempts: number) => Math.min(attempts * 100, MAX_RECONNECT_DELAY),
      },
    },
    {
      namespace: NAMESPACE,
      keyPrefixSeparator: ':',
      throwOnConnectError: false,
      connectionTimeout: CONNECT_TIMEOUT,
    },
  );
  adapter.namespace = NAMESPACE;
  const keyv = new Keyv(adapter, { namespace: NAMESPACE, useKeyPrefix: false });
  keyv.on('error', (error: Error) => log.debug({ err: error }, 'the cache in redis failed'));
  return keyv;
}

/** Where Redis has several nodes each instance caches for itself: the cache's client knows single servers only. */
async function storeFor(url: string | undefined, log: Log): Promise<Keyv> {
  return url !== undefined && parseRedisUrl(url)?.kind === 'single'
    ? await inRedis(url, log)
    : new Keyv({ store: new BoundedMap(MOST_IN_MEMORY) });
}

/** Nest's cache, for answers of the control plane and merged model lists. In memory, or in Redis where it is set. */
export const cacheModule = CacheModule.registerAsync({
  isGlobal: true,
  inject: [Config, Log],
  useFactory: async ({ redisUrl }: Config, log: Log): Promise<CacheOptions> => ({
    ttl: TTL,
    stores: [await storeFor(redisUrl?.reveal(), log)],
  }),
});
