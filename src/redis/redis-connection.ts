import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Config } from '../config/config.js';
import { Log } from '../logging/log.js';
import { within } from './within.js';

/** Milliseconds. A Redis that hangs must not hold a call up for longer. */
const COMMAND_TIMEOUT = 100;
const CONNECT_TIMEOUT = 500;
const MAX_RECONNECT_DELAY = 2_000;

export type RedisState = 'absent' | 'up' | 'down';

/**
 * The one connection to Redis. Commands fail at once while it is down and after 100 ms when it hangs;
 * nothing queues up. It comes back by itself.
 */
@Injectable()
export class RedisConnection implements OnModuleInit, OnApplicationShutdown {
  /** Undefined where no `REDIS_URL` is set. */
  readonly client: Redis | undefined;
  private reachable: boolean | undefined;

  constructor(
    config: Config,
    private readonly log: Log,
  ) {
    if (config.redisUrl === undefined) return;
    this.client = new Redis(config.redisUrl.reveal(), {
      lazyConnect: true,
      enableOfflineQueue: false,
      commandTimeout: COMMAND_TIMEOUT,
      connectTimeout: CONNECT_TIMEOUT,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempts) => Math.min(attempts * 100, MAX_RECONNECT_DELAY),
      connectionName: 'keywheel',
    });
    this.client.on('ready', () => this.turn(true));
    this.client.on('close', () => this.turn(false));
    // ioredis repeats the error with every try to reconnect; `close` has told of it.
    this.client.on('error', (error: Error) => this.log.debug({ err: error }, 'redis connection error'));
  }

  async onModuleInit(): Promise<void> {
    // The gateway starts without Redis too, and says so.
    if (this.client) await within(CONNECT_TIMEOUT, this.client.connect());
    if (this.state() === 'down') this.turn(false);
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
    return (await this.client?.ping().catch(() => undefined)) === 'PONG';
  }

  private turn(reachable: boolean): void {
    if (this.reachable === reachable || this.client?.status === 'end') return;
    this.reachable = reachable;
    if (reachable) this.log.info({}, 'redis answers');
    else this.log.warn({}, 'redis does not answer; this instance goes on from memory');
  }
}
