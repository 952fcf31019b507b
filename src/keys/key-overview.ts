import { Injectable } from '@nestjs/common';
import { Store } from '../database/store.js';
import { LiveKeys } from './live/live-keys.js';
import { PoolFigures } from './live/pool-figures.js';
import { UpstreamLookup } from './ports.js';
import { KeyRow } from './rows/key-row.js';
import { KeyRegistry } from './sync/key-registry.js';

/** The pools as statistics and the list of upstreams show them; `src/ports.module.ts` binds their ports to it. */
@Injectable()
export class KeyOverview {
  constructor(
    private readonly figures: PoolFigures,
    private readonly registry: KeyRegistry,
    private readonly upstreams: UpstreamLookup,
    private readonly live: LiveKeys,
    private readonly store: Store,
  ) {}

  /** By upstream id, then by status. */
  async countsOf(
    upstreamIds: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
    const all = new Map<string, Readonly<Record<string, number>>>();
    for (const id of upstreamIds) {
      const { free, cooling, exhausted, invalid, disabled } = await this.figures.counts(id);
      all.set(id, { active: free, cooling, exhausted, invalid, disabled });
    }
    return all;
  }

  /** Pools that have keys, in order of their slugs. */
  async pools() {
    const named = this.registry
      .upstreams()
      .flatMap((id) => ({ id, upstream: this.upstreams.slugOf(id) }))
      .filter((pool): pool is { id: string; upstream: string } => pool.upstream !== undefined)
      .sort((a, b) => (a.upstream < b.upstream ? -1 : 1));
    return Promise.all(named.map(({ id, upstream }) => this.pool(id, upstream)));
  }

  /** A page of one pool's keys, 1-based, in the order in which they were added; undefined for an unknown slug. */
  async keys(upstream: string, page: number, pageSize: number) {
    const upstreamId = this.upstreams.idOf(upstream);
    if (upstreamId === undefined) return undefined;
    const [rows, total] = await this.store.manager.findAndCount(KeyRow, {
      where: { upstreamId },
      select: { id: true, label: true, masked: true, status: true, reason: true, until: true },
      order: { createdAt: 'ASC', id: 'ASC' },
      skip: (page - 1) * pageSize,
      take: pageSize,
    });
    const live = await this.live.of(upstreamId, rows);
    const items = live.map(({ status: { status, reason, until } }, index) => ({
      id: rows[index]!.id,
      masked: rows[index]!.masked,
      status,
      ...(rows[index]!.label !== null && { label: rows[index]!.label }),
      ...(reason !== null && { reason }),
      ...(until !== null && { until }),
    }));
    return { items, total };
  }

  private async pool(upstreamId: string, upstream: string) {
    const counts = await this.figures.counts(upstreamId);
    const nextReadyAt = await this.figures.nextReadyAt(upstreamId, counts);
    const { keys: total, free: active, cooling, exhausted, invalid, disabled, inFlight } = counts;
    return {
      upstream,
      total,
      active,
      cooling,
      exhausted,
      invalid,
      disabled,
      inFlight,
      waiting: this.figures.waiting(upstreamId),
      ...(nextReadyAt !== undefined && { nextReadyAt }),
    };
  }
}
