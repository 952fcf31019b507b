import type { Secret } from '../kernel/secret.js';
import type { Verdict } from '../kernel/verdict.js';

/** Which upstream a slug or an id stands for. */
export abstract class UpstreamLookup {
  abstract idOf(slug: string): string | undefined;
  abstract slugOf(id: string): string | undefined;
}

/** What the smallest call to the upstream said of a key. */
export interface CheckResult {
  readonly verdict: Verdict;
  /** HTTP status of the answer; absent where none came. */
  readonly status?: number;
  /** A line for a person, without secrets. */
  readonly detail?: string;
  /**
   * False where success shows only that the key is accepted, not that it has quota again (a list of models):
   * then it does not end an exhausted key's rest before its time. Absent means true.
   */
  readonly provesQuota?: boolean;
}

/**
 * Makes the smallest call that tells whether a key is good. Bounded in time; an upstream that cannot be
 * reached is a verdict (`upstream`), not an exception. Undefined where the upstream has nothing to check with.
 */
export abstract class KeyChecker {
  abstract check(upstreamId: string, secret: Secret): Promise<CheckResult | undefined>;
}

/** Makes sure that an upstream of this preset exists. */
export abstract class UpstreamSeeder {
  abstract ensure(preset: string): Promise<{ readonly id: string }>;
}
