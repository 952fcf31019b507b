import type { EntityManager } from 'typeorm';

/** What would lose its footing with an upstream. Bound above to the routes. */
export abstract class UpstreamUses {
  /** Names of routes that lead to the upstream, as the transaction sees them. */
  abstract usesOf(tx: EntityManager, slug: string): Promise<readonly string[]>;
}

/** How many keys an upstream has, by status. Bound above to the keys; without it, upstreams show no counts. */
export abstract class KeyCounts {
  /** By upstream id, then by status; statuses without a key may be missing. */
  abstract countsOf(
    upstreamIds: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;
}
