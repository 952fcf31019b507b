import { Cache, CACHE_MANAGER } from '@nestjs/cache-manager';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';

/** Nest's cache module leaves its connection open at the end. */
@Injectable()
export class CacheCloser implements OnApplicationShutdown {
  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  async onApplicationShutdown(): Promise<void> {
    await this.cache.disconnect().catch(() => undefined);
  }
}
