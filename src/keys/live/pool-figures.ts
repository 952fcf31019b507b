import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { KeyPool } from '../pool/key-pool.js';
import { type PoolCounts, PoolState } from '../pool/pool-state.js';

/** Pools in figures: whole keys only; a key that rests for some models counts as active. */
@Injectable()
export class PoolFigures {
  constructor(
    private readonly state: PoolState,
    private readonly pool: KeyPool,
    private readonly clock: Clock,
  ) {}

  /** Calls that wait for a key, in this process. */
  waiting(upstreamId: string): number {
    return this.pool.waiting(upstreamId);
  }

  async counts(upstreamId: string): Promise<PoolCounts> {
    return this.state.counts(upstreamId, this.clock.now());
  }

  /** When the soonest resting key comes back, epoch ms; undefined where one is free or none will be. */
  async nextReadyAt(upstreamId: string, counts: PoolCounts): Promise<number | undefined> {
    if (counts.free > 0 || counts.cooling + counts.exhausted === 0) return undefined;
    const states = await this.state.state(upstreamId, this.clock.now());
    const ends = states.flatMap(({ until }) => until ?? []);
    return ends.length > 0 ? ends.reduce((a, b) => Math.min(a, b)) : undefined;
  }
}
