import type { BucketChange } from './bucket-ask.js';

/** What has left every window by now needs no telling. */
const WINDOW_MS = 62_000;

interface Sum {
  tokens: number;
  requests: number;
  calls: number;
  day: string | undefined;
  dollars: number;
  at: number;
}

/**
 * What was used while nobody could be told, summed up by bucket. Only what was added: to give something back that
 * may never have been counted would let too many calls pass.
 */
export class Backlog {
  private readonly scopes = new Map<string, Map<string, Sum>>();

  add(scope: string, changes: readonly BucketChange[], now: number): void {
    let buckets = this.scopes.get(scope);
    if (!buckets) this.scopes.set(scope, (buckets = new Map<string, Sum>()));
    for (const { name, tokens = 0, requests = 0, calls = 0, day, dollars = 0 } of changes) {
      let sum = buckets.get(name);
      if (!sum) buckets.set(name, (sum = { tokens: 0, requests: 0, calls: 0, day, dollars: 0, at: now }));
      if (now - sum.at > WINDOW_MS) sum.tokens = sum.requests = 0;
      if (day !== sum.day && day !== undefined) sum.calls = 0;
      sum.day = day ?? sum.day;
      sum.tokens += Math.max(0, tokens);
      sum.requests += Math.max(0, requests);
      sum.calls += Math.max(0, calls);
      sum.dollars += Math.max(0, dollars);
      sum.at = now;
    }
  }

  /** Hands everything over, by scope, and starts anew. */
  take(now: number): [string, BucketChange[]][] {
    const taken = [...this.scopes].map(([scope, buckets]): [string, BucketChange[]] => [
      scope,
      [...buckets].map(([name, { at, ...sum }]) => ({
        name,
        ...sum,
        ...(now - at > WINDOW_MS && { tokens: 0, requests: 0 }),
      })),
    ]);
    this.scopes.clear();
    return taken;
  }
}
