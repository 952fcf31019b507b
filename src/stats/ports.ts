/** What statistics need of others; `src/ports.module.ts` binds each. */

/** One key as the control plane shows it. */
export interface KeyView {
  readonly id: string;
  readonly label?: string;
  readonly masked: string;
  readonly status: 'active' | 'cooling' | 'exhausted' | 'invalid' | 'disabled';
  readonly reason?: string;
  /** Epoch milliseconds. */
  readonly until?: number;
}

/** The state of one upstream's pool: how many keys are in which state, who is in flight, who waits. */
export interface PoolView {
  /** Slug. */
  readonly upstream: string;
  readonly total: number;
  readonly active: number;
  readonly cooling: number;
  readonly exhausted: number;
  readonly invalid: number;
  readonly disabled: number;
  readonly inFlight: number;
  /** Calls that wait for a key. */
  readonly waiting: number;
  /** When the soonest resting key returns, epoch ms; absent where one is free or none will be. */
  readonly nextReadyAt?: number;
}

export abstract class PoolOverview {
  /** All pools, in order of their slugs. */
  abstract pools(): Promise<readonly PoolView[]>;
  /** A page of one pool's keys, 1-based; undefined for an unknown upstream. */
  abstract keys(
    upstream: string,
    page: number,
    pageSize: number,
  ): Promise<{ readonly items: readonly KeyView[]; readonly total: number } | undefined>;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

export abstract class BreakerOverview {
  abstract breakers(): readonly { readonly upstream: string; readonly state: BreakerState }[];
}
