import { Injectable } from '@nestjs/common';
import { Clock } from '../../kernel/clock.js';
import { LentKeys } from '../lent-keys.js';
import { type KeyState, PoolState } from '../pool/pool-state.js';
import type { KeyRow } from '../rows/key-row.js';
import { KeyRegistry } from '../sync/key-registry.js';
import { liveStatus, type LiveStatus } from './live-status.js';

export interface LiveKey {
  readonly status: LiveStatus;
  readonly state: KeyState | undefined;
  /** Epoch milliseconds, where it was lent after the row was written. */
  readonly lentAt: number | undefined;
}

type Row = Pick<KeyRow, 'id' | 'status' | 'reason' | 'until'>;

/** From so many keys on, asking for the whole pool is cheaper than naming them. */
const WHOLE_POOL_FROM = 500;

/** What this process's pool knows now of stored keys. */
@Injectable()
export class LiveKeys {
  constructor(
    private readonly state: PoolState,
    private readonly registry: KeyRegistry,
    private readonly lent: LentKeys,
    private readonly clock: Clock,
  ) {}

  /** One for each row, in their order. The rows are of one upstream. */
  async of(upstreamId: string, rows: readonly Row[]): Promise<LiveKey[]> {
    const now = this.clock.now();
    const ids = rows.length < WHOLE_POOL_FROM ? rows.map(({ id }) => id) : undefined;
    const states = rows.length === 0 ? [] : await this.state.state(upstreamId, now, ids);
    const byId = new Map<string, KeyState>(states.map((state) => [state.keyId, state]));
    return rows.map((row) => {
      const state = byId.get(row.id);
      const status = liveStatus(row, state, !this.registry.isUnreadable(row.id), now);
      return { status, state, lentAt: this.lent.lentAt(row.id) };
    });
  }
}
