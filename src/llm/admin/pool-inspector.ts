import { Injectable } from '@nestjs/common';
import { KeyPool } from '../../keys/pool/key-pool.js';
import { type KeyState, PoolState } from '../../keys/pool/pool-state.js';
import type { Upstream } from '../../upstreams/upstream.js';
import type { InspectedKey, InspectedUpstream } from './inspect.dto.js';

const MOST_KEYS = 100;

/** What an inspection says of one upstream and its keys. */
@Injectable()
export class PoolInspector {
  constructor(
    private readonly pool: KeyPool,
    private readonly state: PoolState,
  ) {}

  /** @param reason why the upstream would not be asked, null where it would */
  async describe(
    upstream: Upstream,
    model: string | undefined,
    reason: string | null,
  ): Promise<InspectedUpstream> {
    const states = await this.state.state(upstream.id, Date.now());
    const next = reason === null ? await this.nextKey(upstream, model) : null;
    const keys = states.map((state) => inspectedKey(state, model));
    keys.sort((a, b) => Number(b.eligible) - Number(a.eligible));
    return {
      upstream: upstream.slug,
      eligible: reason === null,
      reason,
      model: model ?? null,
      next,
      keyCount: keys.length,
      keys: keys.slice(0, MOST_KEYS),
    };
  }

  /** Id of the key that the next call of this model would get; null where none is free. */
  async nextKey(upstream: Upstream, model: string | undefined): Promise<string | null> {
    return (await this.pool.free(upstream.id, model)).keyId ?? null;
  }
}

function inspectedKey(state: KeyState, model: string | undefined): InspectedKey {
  const ofModel = state.models.find((rest) => rest.model === model);
  if (state.status === 'free' && !ofModel)
    return { id: state.keyId, eligible: true, reason: null, until: null };
  const { reason, until } = state.status === 'free' ? ofModel! : state;
  return {
    id: state.keyId,
    eligible: false,
    reason: reason ?? state.status,
    until: until === undefined ? null : new Date(until).toISOString(),
  };
}
