import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Store } from '../database/store.js';
import { KeyCheckRow } from './rows/key-check-row.js';
import { KeyMemoryRow } from './rows/key-memory-row.js';
import { KeyRow } from './rows/key-row.js';
import { PinnedResourceRow } from './rows/pinned-resource-row.js';

const CHUNK = 100;

/** Deletes keys with all that is stored about them; the pools of all instances follow. */
@Injectable()
export class KeyRemoval {
  constructor(private readonly store: Store) {}

  /** Answers how many there were. At most a hundred at once. */
  async remove(upstreamId: string, ids: readonly string[]): Promise<number> {
    return this.store.write(async (tx, note) => {
      const { affected } = await tx.delete(KeyRow, { id: In([...ids]), upstreamId });
      for (const about of [KeyMemoryRow, KeyCheckRow, PinnedResourceRow]) {
        await tx.delete(about, { keyId: In([...ids]) });
      }
      if (affected) note({ kind: 'keys', ref: upstreamId, ids });
      return affected ?? 0;
    });
  }

  /** Every key of an upstream that is gone, in steps. */
  async removeAll(upstreamId: string): Promise<void> {
    for (;;) {
      const rows = await this.store.manager.find(KeyRow, {
        where: { upstreamId },
        select: { id: true },
        take: CHUNK,
      });
      if (rows.length === 0) break;
      await this.remove(
        upstreamId,
        rows.map(({ id }) => id),
      );
    }
    await this.store.write((tx) => tx.delete(PinnedResourceRow, { upstreamId }));
  }
}
