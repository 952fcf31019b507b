/** How the next target of a route is chosen. */
export const STRATEGIES = ['failover', 'weighted'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/**
 * One place where a route's calls can be answered. It means what `slug/model` means: an upstream and a model of
 * it. It is final: it is never looked up among the routes, so routes cannot lead to each other.
 */
export interface RouteTarget {
  /** Slug of the upstream. */
  readonly upstream: string;
  readonly model: string;
  /** Share of calls where the strategy is `weighted`; 1 to 1000. */
  readonly weight: number;
}

/** A model name that stands for targets, as the data plane holds it; never changed, only replaced. */
export interface Route {
  readonly id: string;
  /** The name that clients ask for. */
  readonly model: string;
  readonly targets: readonly RouteTarget[];
  readonly strategy: Strategy;
}
