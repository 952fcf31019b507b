import { Global, Module } from '@nestjs/common';
import { Log } from '../logging/log.js';
import { cacheModule } from './cache.module.js';
import { Errands } from './errands.js';
import { RedisConnection } from './redis-connection.js';
import { RedisLink } from './redis-link.js';

/** Redis, where there is one: the connection, the state that instances share through it, and the cache. */
@Global()
@Module({
  imports: [cacheModule],
  providers: [
    RedisConnection,
    {
      provide: RedisLink,
      inject: [RedisConnection, Log],
      useFactory: (connection: RedisConnection, log: Log) => new RedisLink(connection, log),
    },
    Errands,
  ],
  exports: [RedisConnection, RedisLink, Errands],
})
export class RedisModule {}
