import { Injectable } from '@nestjs/common';
import type { MaybePromise } from '../kernel/maybe-promise.js';
import type { Verdict } from '../kernel/verdict.js';
import { KeyPool } from '../keys/pool/key-pool.js';
import type { Lease, LeaseRequest } from '../keys/pool/lease.js';
import { Affinities } from './affinity.js';
import type { Upstream } from '../upstreams/upstream.js';

const KEYLESS: Lease = Object.freeze({ keyId: '', secret: undefined, grant: undefined, waitedMs: 0 });

/** Lends keys of an upstream; one that needs none (a local model server) is called without while it has none. */
@Injectable()
export class Lending {
  constructor(
    private readonly pool: KeyPool,
    private readonly affinities: Affinities,
  ) {}

  /** @throws KeywheelError no_key_free, client_gone */
  lease(upstream: Upstream, request: LeaseRequest): MaybePromise<Lease> {
    if (upstream.keyOptional && this.pool.isEmpty(upstream.id)) return KEYLESS;
    return this.pool.lease(request);
  }

  /** How many keys of the upstream may be lent now, as far as whole keys are counted. */
  async free(upstream: Upstream): Promise<number> {
    return (await this.pool.counts(upstream.id)).free;
  }

  /** Whether the upstream has any key that is neither disabled nor invalid. */
  async hasLendable(upstream: Upstream): Promise<boolean> {
    const { keys, disabled, invalid } = await this.pool.counts(upstream.id);
    return keys > disabled + invalid;
  }

  /** Whether a key is free that this call has not tried, and that has not failed of late. */
  hasSound(request: LeaseRequest): Promise<boolean> {
    return this.pool.hasSound(request);
  }

  /** The key that served the conversation last; undefined where none did, or the upstream does not want that. */
  preferred(upstream: Upstream, conversation: string): string | undefined {
    return upstream.affinity ? this.affinities.keyFor(upstream.id, conversation) : undefined;
  }

  served(upstream: Upstream, conversation: string, lease: Lease): void {
    if (upstream.affinity && lease !== KEYLESS)
      this.affinities.remember(upstream.id, conversation, lease.keyId);
  }

  /** The first word of its answer has come, and is good. */
  answered(lease: Lease): void {
    if (lease !== KEYLESS) this.pool.answered(lease);
  }

  settle(lease: Lease, verdict: Verdict, tokens?: number, unsent = false): void {
    if (lease !== KEYLESS) this.pool.settle(lease, verdict, tokens, unsent);
  }
}
