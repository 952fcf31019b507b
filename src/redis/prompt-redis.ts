import KeyvRedis from '@keyv/redis';
import { within } from './within.js';

/** Milliseconds. */
const OPERATION_TIMEOUT = 100;

/** The cache's Redis: what it does not know within 100 ms, it does not know. node-redis itself would wait. */
export class PromptRedis<T> extends KeyvRedis<T> {
  override get<U = T>(key: string): Promise<U | undefined> {
    return within(OPERATION_TIMEOUT, super.get<U>(key));
  }

  override async set(key: string, value: string, ttl?: number): Promise<void> {
    await within(OPERATION_TIMEOUT, super.set(key, value, ttl));
  }

  override async delete(key: string): Promise<boolean> {
    return (await within(OPERATION_TIMEOUT, super.delete(key))) ?? false;
  }

  /** Nest's cache module calls it at the end. A close without an answer would hold the process. */
  override async disconnect(): Promise<void> {
    await within(OPERATION_TIMEOUT, super.disconnect());
    await within(OPERATION_TIMEOUT, super.disconnect(true));
  }
}
