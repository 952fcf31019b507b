/** How many keys an upstream has, by status. Bound above to the keys; without it, upstreams show no counts. */
export abstract class KeyCounts {
  /** By upstream id, then by status; statuses without a key may be missing. */
  abstract countsOf(
    upstreamIds: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>>;
}
