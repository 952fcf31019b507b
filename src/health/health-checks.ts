import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { ChangeFeed } from '../database/change-feed.js';
import { Store } from '../database/store.js';
import { RedisLink } from '../redis/redis-link.js';
import { PoolOverview } from '../stats/ports.js';

/** Milliseconds until a silent database counts as out. */
const PATIENCE = 1000;
/** Milliseconds without news of changes after which the configuration counts as old. */
const OLD = 5000;

/**
 * What can be wrong while the process lives. None of it stops calls: the last known state serves on, so all
 * of it is `degraded`, never `down`.
 */
@Injectable()
export class HealthChecks {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly store: Store,
    private readonly feed: ChangeFeed,
    private readonly link: RedisLink,
    private readonly pools: PoolOverview,
  ) {}

  async database() {
    const indicator = this.indicators.check('database');
    const began = performance.now();
    if (!(await this.#answers())) return indicator.degraded({ message: 'does not answer' });
    return indicator.up({ ms: Math.round(performance.now() - began) });
  }

  /** Whether this process hears of changes that other instances make. */
  changes() {
    const indicator = this.indicators.check('changes');
    const ageMs = Math.max(0, Date.now() - this.feed.lastOk);
    return ageMs > OLD ? indicator.degraded({ ageMs }) : indicator.up({ ageMs });
  }

  /** Without Redis each instance goes on from memory, with its part of the limits. */
  async redis() {
    const indicator = this.indicators.check('redis');
    const { mode, portion } = this.link;
    if (mode === 'absent') return indicator.up({ state: mode });
    const { instances } = portion;
    return mode !== 'alone' && (await this.link.answers())
      ? indicator.up({ state: 'up', mode, instances })
      : indicator.degraded({ state: 'down', mode, instances });
  }

  /** Upstreams with keys of which none can be lent now. */
  async keys() {
    const indicator = this.indicators.check('keys');
    const pools = await this.pools.pools().catch(() => undefined);
    if (!pools) return indicator.degraded({ message: 'cannot be seen' });
    const out = pools.filter((pool) => pool.total > pool.disabled && pool.active === 0);
    const data = { pools: pools.length, withoutActiveKey: out.map((pool) => pool.upstream) };
    return out.length > 0 ? indicator.degraded(data) : indicator.up(data);
  }

  async #answers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), PATIENCE);
    });
    const answer = this.store.manager.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answer, silence]).finally(() => clearTimeout(timer));
  }
}
