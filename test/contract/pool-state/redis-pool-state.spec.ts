import { afterAll, beforeAll, describe } from 'vitest';
import { openSharedRedis, type SharedRedis } from '../redis/support/shared-redis.js';
import { RedisPoolState } from '../../../src/keys/pool/redis/redis-pool-state.js';
import { serverFor, TEST_REDIS_URL } from '../../support/servers.js';
import { poolStateContract } from './pool-state-contract.js';

describe.skipIf(!(await serverFor('Redis', TEST_REDIS_URL, 6379)))('kept by a server', () => {
  let redis: SharedRedis;
  let made = 0;

  beforeAll(async () => {
    redis = await openSharedRedis(TEST_REDIS_URL);
  });

  afterAll(() => redis.close());

  // Each state has keys of its own in Redis, as instances of another installation would.
  poolStateContract(
    'in redis',
    (random) => new RedisPoolState(redis.linkFor(`${(made += 1)}:`), random, { time: 'caller', retellMs: 0 }),
  );
});
