import { OK, type Verdict } from '../../../../src/kernel/verdict.js';
import { RedisPoolState } from '../../../../src/keys/pool/redis/redis-pool-state.js';
import type { Grant, Pick, PoolKey, PoolRules, Refusal } from '../../../../src/keys/pool/pool-state.js';
import type { LinkOptions } from '../../../../src/redis/redis-link.js';
import { openSharedRedis, type SharedRedis } from './shared-redis.js';

const NONE: ReadonlySet<string> = new Set();
const RULES: PoolRules = { rotation: 'round_robin', limits: [], dayZone: 'UTC' };

export function key(id: string, more: Partial<PoolKey> = {}): PoolKey {
  return { id, weight: 1, priority: 0, limits: [], ...more };
}

/** What one process of the gateway has of pools, with a connection of its own. Time is the machine's. */
export class Instance {
  readonly state: RedisPoolState;
  readonly freed: string[] = [];

  private constructor(readonly redis: SharedRedis) {
    this.state = new RedisPoolState(redis.link, () => 0);
    this.state.listen({
      onFree: (upstreamId) => this.freed.push(upstreamId),
      onChanged: () => undefined,
      onInvalid: () => undefined,
    });
  }

  static async start(url: string, prefix: string, options?: Partial<LinkOptions>): Promise<Instance> {
    return new Instance(await openSharedRedis(url, prefix, options));
  }

  async pool(keys: readonly PoolKey[], rules: Partial<PoolRules> = {}, upstreamId = 'u'): Promise<void> {
    await this.state.setRules(upstreamId, { ...RULES, ...rules });
    await this.state.putKeys(upstreamId, keys);
  }

  async ask(pick: Partial<Pick> = {}): Promise<Grant | Refusal> {
    return this.state.acquire({ upstreamId: 'u', tokens: 1, tried: NONE, now: Date.now(), ...pick });
  }

  async take(pick: Partial<Pick> = {}): Promise<Grant> {
    const answer = await this.ask(pick);
    if (answer.keyId === undefined) throw new Error(`refused: ${JSON.stringify(answer)}`);
    return answer;
  }

  settle(grant: Grant, verdict: Verdict = OK, tokens?: number): void {
    this.state.settle(grant, { verdict, now: Date.now(), ...(tokens !== undefined && { tokens }) });
  }

  /** How many of so many calls at once got a key. */
  async granted(calls: number, pick: Partial<Pick> = {}): Promise<number> {
    const answers = await Promise.all(Array.from({ length: calls }, () => this.ask(pick)));
    return answers.filter(({ keyId }) => keyId !== undefined).length;
  }

  end(): Promise<void> {
    return this.redis.close();
  }
}
