import { Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';
import { RedisConnection } from '../../redis/redis-connection.js';
import { RedisLink } from '../../redis/redis-link.js';
import { BreakerOverview, PoolOverview } from '../ports.js';

const KEY_STATUSES = ['active', 'cooling', 'exhausted', 'invalid', 'disabled'] as const;
const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;
const REDIS_STATES = ['absent', 'up', 'down'] as const;

/** The state of pools, breakers and Redis at the moment of asking. */
@Injectable()
export class StateMetrics {
  readonly #keys = gauge('keywheel_keys', 'Keys by status.', ['upstream', 'status'], 'max');
  readonly #leases = gauge('keywheel_key_leases', 'Keys lent right now.', ['upstream']);
  readonly #waiting = gauge('keywheel_calls_waiting', 'Calls that wait for a key.', ['upstream']);
  readonly #breaker = gauge(
    'keywheel_upstream_breaker',
    '1 for the state that the breaker is in; each worker has its own.',
    ['upstream', 'state'],
    'max',
  );
  readonly #redis = gauge(
    'keywheel_redis',
    '1 for the state of Redis; absent where none is set.',
    ['state'],
    'max',
  );
  readonly #redisUp = gauge(
    'keywheel_redis_up',
    '1 while this instance shares its state through Redis.',
    [],
    'min',
  );
  readonly #instances = gauge(
    'keywheel_instances',
    'Instances that share this Redis, as seen last.',
    [],
    'max',
  );
  readonly #fallbacks = new Counter({
    name: 'keywheel_redis_fallbacks_total',
    help: 'Times that this instance went on from memory because Redis did not answer.',
    registers: [],
  });

  constructor(
    private readonly pools: PoolOverview,
    private readonly breakers: BreakerOverview,
    private readonly redis: RedisConnection,
    private readonly link: RedisLink,
  ) {}

  register(registry: Registry): void {
    for (const each of [this.#keys, this.#leases, this.#waiting, this.#breaker, this.#redis]) {
      registry.registerMetric(each);
    }
    if (this.link.mode === 'absent') return;
    registry.registerMetric(this.#redisUp);
    registry.registerMetric(this.#instances);
    registry.registerMetric(this.#fallbacks);
  }

  /** Looks anew; to be awaited before the registry is read. Pools that cannot be seen are left out. */
  async refresh(): Promise<void> {
    const pools = await this.pools.pools().catch(() => []);
    for (const each of [this.#keys, this.#leases, this.#waiting, this.#breaker]) each.reset();
    for (const pool of pools) {
      const { upstream } = pool;
      this.#leases.set({ upstream }, pool.inFlight);
      this.#waiting.set({ upstream }, pool.waiting);
      for (const status of KEY_STATUSES) this.#keys.set({ upstream, status }, pool[status]);
    }
    for (const { upstream, state } of this.breakers.breakers()) {
      for (const each of BREAKER_STATES) this.#breaker.set({ upstream, state: each }, each === state ? 1 : 0);
    }
    this.#redisUp.set(this.link.isShared ? 1 : 0);
    this.#instances.set(this.link.portion.instances);
    this.#fallbacks.reset();
    this.#fallbacks.inc(this.link.fallbacks);
    const redis = this.redis.state();
    for (const each of REDIS_STATES) this.#redis.set({ state: each }, each === redis ? 1 : 0);
  }
}

/** How the values of several workers become one: all see the same keys and the same Redis. */
type Aggregator = 'sum' | 'max' | 'min';

function gauge(name: string, help: string, labelNames: string[], aggregator: Aggregator = 'sum'): Gauge {
  return new Gauge({ name, help, labelNames, aggregator, registers: [] });
}
