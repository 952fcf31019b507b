import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Note, Store } from '../database/store.js';
import { Clock } from '../kernel/clock.js';
import type { Rest } from './pool/pool-state.js';
import { KeyRow } from './rows/key-row.js';

/** What happens to stored keys, each as one transaction that the pools of all instances follow. */
@Injectable()
export class KeyStatuses {
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  /** The provider refuses the key. One that a person disabled stays disabled. */
  async refuse(upstreamId: string, keyId: string, reason: string): Promise<boolean> {
    const now = this.clock.now();
    return this.store.write(async (tx, note) => {
      const result = await tx
        .createQueryBuilder()
        .update(KeyRow)
        .set({ status: 'invalid', reason: reason.slice(0, 100), until: null, updatedAt: now })
        .where("id = :keyId AND status <> 'disabled'", { keyId })
        .execute();
      return noteWhere(result.affected, note, upstreamId, [keyId]) > 0;
    });
  }

  /** Back to active with every rest ended, on every instance. Disabled keys stay. Answers how many there were. */
  async lift(upstreamId: string, keyIds: readonly string[]): Promise<number> {
    return this.activate(upstreamId, keyIds, "status <> 'disabled'");
  }

  async enable(upstreamId: string, keyIds: readonly string[]): Promise<number> {
    return this.activate(upstreamId, keyIds, "status = 'disabled'");
  }

  async disable(upstreamId: string, keyIds: readonly string[]): Promise<number> {
    const now = this.clock.now();
    return this.store.write(async (tx, note) => {
      const result = await tx
        .createQueryBuilder()
        .update(KeyRow)
        .set({ status: 'disabled', reason: null, until: null, updatedAt: now })
        .where("id IN (:...keyIds) AND status <> 'disabled'", { keyIds })
        .execute();
      return noteWhere(result.affected, note, upstreamId, keyIds);
    });
  }

  /** Stores a rest of the whole key as exhausted, inside the caller's transaction; a longer one stays. */
  async exhaust(
    tx: EntityManager,
    note: Note,
    key: { upstreamId: string; keyId: string; rest: Rest },
  ): Promise<void> {
    const { upstreamId, keyId, rest } = key;
    const result = await tx
      .createQueryBuilder()
      .update(KeyRow)
      .set({
        status: 'exhausted',
        reason: rest.reason.slice(0, 100),
        until: rest.until,
        updatedAt: this.clock.now(),
      })
      .where('id = :keyId', { keyId })
      .andWhere("(status = 'active' OR (status = 'exhausted' AND (until IS NULL OR until < :until)))", {
        until: rest.until,
      })
      .execute();
    noteWhere(result.affected, note, upstreamId, [keyId]);
  }

  /** The pool lends the key again after an exhausted rest: the row follows. */
  async recover(tx: EntityManager, note: Note, upstreamId: string, keyId: string): Promise<void> {
    const result = await tx
      .createQueryBuilder()
      .update(KeyRow)
      .set({ status: 'active', reason: null, until: null, updatedAt: this.clock.now() })
      .where("id = :keyId AND status = 'exhausted'", { keyId })
      .execute();
    noteWhere(result.affected, note, upstreamId, [keyId]);
  }

  private async activate(upstreamId: string, keyIds: readonly string[], which: string): Promise<number> {
    const now = this.clock.now();
    return this.store.write(async (tx, note) => {
      const result = await tx
        .createQueryBuilder()
        .update(KeyRow)
        .set({ status: 'active', reason: null, until: null, updatedAt: now, version: () => 'version + 1' })
        .where(`id IN (:...keyIds) AND ${which}`, { keyIds })
        .execute();
      return noteWhere(result.affected, note, upstreamId, keyIds);
    });
  }
}

function noteWhere(
  affected: number | undefined,
  note: Note,
  upstreamId: string,
  ids: readonly string[],
): number {
  if (affected) note({ kind: 'keys', ref: upstreamId, ids });
  return affected ?? 0;
}
