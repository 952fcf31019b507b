import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { parseRedisUrl, type RedisPlace } from '../config/redis-url.js';

export type RedisClient = Redis | Cluster;

/** Milliseconds. A Redis that hangs must not hold a call up for longer. */
export const COMMAND_TIMEOUT = 100;
/** The client's own time-out clears up behind it: by then an answer may be late, but is still read. */
const CLEAR_AFTER = 2_000;
export const CONNECT_TIMEOUT = 500;
const MAX_RECONNECT_DELAY = 2_000;

/** Up to a fifth more or less, so that instances which lost Redis together do not come back in one instant. */
function reconnectDelay(attempts: number): number {
  return Math.round(Math.min(attempts * 50, MAX_RECONNECT_DELAY) * (0.8 + 0.4 * Math.random()));
}

/**
 * A client that fails commands at once while Redis is down and after two seconds when it hangs; nothing queues up, and
 * it comes back by itself. Not connected yet.
 */
export function openRedis(url: string): RedisClient {
  const place = parseRedisUrl(url);
  if (!place) throw new TypeError('REDIS_URL has none of the known forms');
  const plain: RedisOptions = {
    commandTimeout: CLEAR_AFTER,
    connectTimeout: CONNECT_TIMEOUT,
    maxRetriesPerRequest: 0,
    connectionName: 'keywheel',
    // Who listens subscribes anew by itself; ioredis would leave a rejection behind where that fails.
    autoResubscribe: false,
    ...(place.kind !== 'single' && { ...place.login, ...(place.tls && { tls: {} }) }),
  };
  return place.kind === 'cluster' ? openCluster(place, plain) : openOne(place, plain);
}

function openOne(place: Exclude<RedisPlace, { kind: 'cluster' }>, plain: RedisOptions): Redis {
  const options: RedisOptions = {
    ...plain,
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelay,
  };
  if (place.kind === 'single') return new Redis(place.url, options);
  const { nodes, name, db, tls } = place;
  return new Redis({
    ...options,
    sentinels: [...nodes],
    name,
    db,
    sentinelRetryStrategy: reconnectDelay,
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  });
}

function openCluster({ nodes }: Extract<RedisPlace, { kind: 'cluster' }>, plain: RedisOptions): Cluster {
  const options: ClusterOptions = {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelay,
    redisOptions: plain,
  };
  return new Cluster([...nodes], options);
}
