import { Global, Module } from '@nestjs/common';
import { cacheModule } from './cache.module.js';
import { RedisConnection } from './redis-connection.js';

/** Redis, where there is one, and the cache that rests in it or in memory. */
@Global()
@Module({
  imports: [cacheModule],
  providers: [RedisConnection],
  exports: [RedisConnection],
})
export class RedisModule {}
