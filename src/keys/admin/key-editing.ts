import { Injectable } from '@nestjs/common';
import type { QueryDeepPartialEntity } from 'typeorm';
import { Store } from '../../database/store.js';
import { Clock } from '../../kernel/clock.js';
import { KeywheelError } from '../../kernel/errors.js';
import { type KeyPatch, readKeyPatch } from '../import/key-fields.js';
import { KeyRemoval } from '../key-removal.js';
import { KeyRow } from '../rows/key-row.js';

export const unknownKey = () => new KeywheelError('not_found', 'There is no key with this id.');

/** Changes and deletes stored keys; the pools of all instances follow. */
@Injectable()
export class KeyEditing {
  constructor(
    private readonly store: Store,
    private readonly removal: KeyRemoval,
    private readonly clock: Clock,
  ) {}

  /** Throws KeywheelError validation_failed or not_found. */
  async change(id: string, body: unknown): Promise<void> {
    const patch = readKeyPatch(body);
    await this.store.write(async (tx, note) => {
      const row = await tx.findOne(KeyRow, {
        where: { id },
        select: { id: true, upstreamId: true, status: true },
      });
      if (!row) throw unknownKey();
      await tx.update(KeyRow, { id }, { ...this.changesOf(patch, row), updatedAt: this.clock.now() });
      note({ kind: 'keys', ref: row.upstreamId, ids: [id] });
    });
  }

  /** Throws KeywheelError not_found. */
  async delete(id: string): Promise<void> {
    const row = await this.store.manager.findOne(KeyRow, {
      where: { id },
      select: { id: true, upstreamId: true },
    });
    if (!row || (await this.removal.remove(row.upstreamId, [id])) === 0) throw unknownKey();
  }

  private changesOf(
    { status, ...fields }: KeyPatch,
    row: Pick<KeyRow, 'status'>,
  ): QueryDeepPartialEntity<KeyRow> {
    if (status === undefined || status === row.status) return fields;
    // Active by a person's word: every rest ends.
    const version = status === 'active' ? { version: () => 'version + 1' } : {};
    return { ...fields, ...version, status, reason: null, until: null };
  }
}
