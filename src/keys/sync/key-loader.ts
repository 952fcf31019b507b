import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Store } from '../../database/store.js';
import type { KeyMemory } from '../pool/pool-state.js';
import { KeyMemoryRow } from '../rows/key-memory-row.js';
import { KeyRow } from '../rows/key-row.js';
import { POOL_COLUMNS, type StoredKey } from './stored-key.js';

/** Small enough that a chunk blocks the event loop for a few milliseconds only. */
const CHUNK = 100;

/** Reads keys for the pool: the needed columns only, chunk by chunk, the event loop free between them. */
@Injectable()
export class KeyLoader {
  constructor(private readonly store: Store) {}

  /** Every key, or every key of one upstream, in the order in which they were added. */
  async *all(upstreamId?: string): AsyncGenerator<StoredKey[]> {
    const query = this.keys().select('k.id', 'id').orderBy('k.createdAt').addOrderBy('k.id');
    if (upstreamId !== undefined) query.where('k.upstreamId = :upstreamId', { upstreamId });
    const ids = (await query.getRawMany<{ id: string }>()).map(({ id }) => id);
    for (let at = 0; at < ids.length; at += CHUNK) {
      await nextTurn();
      const chunk = ids.slice(at, at + CHUNK);
      yield inOrder(
        chunk,
        await this.columns()
          .where({ id: In(chunk) })
          .getMany(),
      );
    }
  }

  /** These keys of one upstream, as far as they exist, in the order of the ids. */
  async *some(upstreamId: string, ids: readonly string[]): AsyncGenerator<StoredKey[]> {
    for (let at = 0; at < ids.length; at += CHUNK) {
      await nextTurn();
      const chunk = ids.slice(at, at + CHUNK);
      const rows = inOrder(
        chunk,
        await this.columns()
          .where({ upstreamId, id: In(chunk) })
          .getMany(),
      );
      // Reading them was one turn's work, opening them is another's.
      await nextTurn();
      if (rows.length > 0) yield rows;
    }
  }

  async memories(keyIds: readonly string[]): Promise<Map<string, KeyMemory>> {
    if (keyIds.length === 0) return new Map();
    const rows = await this.store.manager.findBy(KeyMemoryRow, { keyId: In([...keyIds]) });
    return new Map(rows.map((row) => [row.keyId, row.memory]));
  }

  private columns() {
    return this.keys().select(POOL_COLUMNS.map((column) => `k.${column}`));
  }

  private keys() {
    return this.store.manager.getRepository(KeyRow).createQueryBuilder('k');
  }
}

/** Databases answer in an order of their own; a pool's turns follow that in which keys were added. */
function inOrder(ids: readonly string[], found: readonly StoredKey[]): StoredKey[] {
  const rows = new Map(found.map((row) => [row.id, row]));
  return ids.flatMap((id) => rows.get(id) ?? []);
}
