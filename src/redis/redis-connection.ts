import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { COMMAND_TIMEOUT, CONNECT_TIMEOUT, openRedis, type RedisClient } from './open-redis.js';
import { within } from './within.js';

export type RedisState = 'absent' | 'up' | 'down';

/** The one connection to Redis for commands. It comes back by itself. */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  /** Undefined where no `REDIS_URL` is set. */
  readonly client: RedisClient | undefined;
  private readonly url: string | undefined;
  private connecting: Promise<void> | undefined;

  constructor(
    config: Config,
    private readonly log: Log,
  ) {
    this.url = config.redisUrl?.reveal();
    if (this.url !== undefined) this.client = this.open();
  }

  /** One more connection to the same Redis, not connected yet: one that listens cannot send commands. */
  open(): RedisClient {
    const client = openRedis(this.url!);
    // ioredis repeats the error with every try to reconnect; who uses the connection tells of it once.
    client.on('error', (error: Error) => this.log.debug({ err: error }, 'redis connection error'));
    return client;
  }

  onModuleInit(): Promise<void> {
    return this.connected();
  }

  /** When the first connection stands, or has failed: the gateway starts without Redis too. */
  connected(): Promise<void> {
    this.connecting ??= this.client
      ? within(CONNECT_TIMEOUT, this.client.connect()).then(() => undefined)
      : Promise.resolve();
    return this.connecting;
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }

  state(): RedisState {
    if (!this.client) return 'absent';
    return this.client.status === 'ready' ? 'up' : 'down';
  }

  /** Whether Redis answers now; a connection that is up may still hang. */
  async answers(): Promise<boolean> {
    if (this.state() !== 'up') return false;
    return (await within(COMMAND_TIMEOUT, this.client!.ping())) === 'PONG';
  }
}
