import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Note, Store } from '../../database/store.js';
import { Clock } from '../../kernel/clock.js';
import { CheckPlan } from '../checks/check-plan.js';
import { KeyStatuses } from '../key-statuses.js';
import type { KeyMemory, Rest } from '../pool/pool-state.js';
import { KeyMemoryRow } from '../rows/key-memory-row.js';
import { KeyRegistry } from './key-registry.js';

/** A rest at least this long is worth a probe before it ends. */
export const LONG_REST_MS = 600_000;

/** The key's own rest or its quota group's, whichever lasts longer. */
function wholeRest({ rest, group }: KeyMemory): Rest | undefined {
  const shared = group?.rest;
  return rest && shared ? (rest.until >= shared.until ? rest : shared) : (rest ?? shared);
}

function isEmpty(memory: KeyMemory): boolean {
  const models = memory.models.length + (memory.group?.models.length ?? 0);
  return wholeRest(memory) === undefined && models === 0 && memory.days.length === 0;
}

/** Stores what keys remember; a key that is exhausted as a whole is marked so in its row, too. */
@Injectable()
export class KeyMemories {
  constructor(
    private readonly store: Store,
    private readonly statuses: KeyStatuses,
    private readonly registry: KeyRegistry,
    private readonly plan: CheckPlan,
    private readonly clock: Clock,
  ) {}

  /** One transaction; keys that are no longer known are left out. */
  async save(upstreamId: string, memories: readonly KeyMemory[]): Promise<void> {
    const known = memories.filter(({ keyId }) => this.registry.version(upstreamId, keyId) !== undefined);
    if (known.length === 0) return;
    const now = this.clock.now();
    const kept = known
      .filter((memory) => !isEmpty(memory))
      .map((memory) => ({ keyId: memory.keyId, upstreamId, memory, updatedAt: now }));
    const empty = known.filter(isEmpty).map(({ keyId }) => keyId);
    await this.store.write(async (tx, note) => {
      if (kept.length > 0) await tx.upsert(KeyMemoryRow, kept, ['keyId']);
      if (empty.length > 0) await tx.delete(KeyMemoryRow, empty);
      for (const memory of known) await this.mark(tx, note, upstreamId, memory);
    });
    const long = known.filter((memory) => (wholeRest(memory)?.until ?? 0) - now >= LONG_REST_MS);
    await this.plan.ensure(
      long.map(({ keyId }) => keyId),
      'long_rest',
    );
  }

  /** The row follows the pool: exhausted, or no longer. */
  private async mark(tx: EntityManager, note: Note, upstreamId: string, memory: KeyMemory): Promise<void> {
    const { keyId } = memory;
    const rest = wholeRest(memory);
    if (rest?.status === 'exhausted') await this.statuses.exhaust(tx, note, { upstreamId, keyId, rest });
    else if (this.registry.isExhausted(keyId)) await this.statuses.recover(tx, note, upstreamId, keyId);
  }
}
