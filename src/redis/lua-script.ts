import { createHash } from 'node:crypto';
import type { RedisClient } from './open-redis.js';

/**
 * A script that Redis keeps. It is sent whole the first time on a connection: were that left to the answer that Redis
 * does not know it, what is sent meanwhile would overtake it. Later it is only where Redis has forgotten it.
 */
export class LuaScript {
  private readonly sha: string;
  private readonly sent = new WeakSet<RedisClient>();

  constructor(private readonly text: string) {
    this.sha = createHash('sha1').update(text).digest('hex');
  }

  async run(
    client: RedisClient,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    if (!this.sent.has(client)) {
      this.sent.add(client);
      client.once('close', () => this.sent.delete(client));
      return client.eval(this.text, keys.length, ...keys, ...args);
    }
    try {
      return await client.evalsha(this.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.eval(this.text, keys.length, ...keys, ...args);
    }
  }
}
