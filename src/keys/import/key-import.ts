import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Store } from '../../database/store.js';
import { isUniqueViolation } from '../../database/unique-violation.js';
import { Clock } from '../../kernel/clock.js';
import { newId } from '../../kernel/ids.js';
import { maskSecret } from '../../kernel/secret.js';
import { KeyRow } from '../rows/key-row.js';
import { KeyVault } from '../secrets/key-vault.js';
import { DEFAULT_FIELDS, type KeyFields } from './key-fields.js';
import { keyFault } from './key-text.js';

export interface ImportEntry {
  /** Line of the text, or place in the list; from 1. */
  readonly line: number;
  readonly key: string;
  /** What else was given; defaults for the rest. */
  readonly fields?: Partial<KeyFields>;
  /** Set where the entry cannot be read at all. */
  readonly fault?: string;
}

export interface ImportResult {
  added: number;
  /** Held already, or given more than once. */
  duplicate: number;
  /** The first ten thousand of them. */
  readonly rejected: { readonly line: number; readonly reason: string }[];
}

interface NewKey extends ImportEntry {
  readonly fingerprint: string;
}

/** Rows of one transaction. */
const BATCH = 50;
/** Rows of one statement, after which the event loop is free: calls go on beside a large import. */
const ROWS = 10;
const REPORTED = 10_000;
const TRIES = 3;

/** Adds keys to an upstream. What is there already stays as it is, so an import can be repeated. */
@Injectable()
export class KeyImport {
  private lastCreatedAt = 0;

  constructor(
    private readonly store: Store,
    private readonly vault: KeyVault,
    private readonly clock: Clock,
  ) {}

  async add(
    upstreamId: string,
    entries: AsyncIterable<ImportEntry> | Iterable<ImportEntry>,
  ): Promise<ImportResult> {
    const result: ImportResult = { added: 0, duplicate: 0, rejected: [] };
    let batch: NewKey[] = [];
    let read = 0;
    for await (const entry of entries) {
      const key = entry.key.trim();
      const reason = entry.fault ?? keyFault(key);
      if (reason === undefined) batch.push({ ...entry, key, fingerprint: this.vault.fingerprint(key) });
      else if (result.rejected.length < REPORTED) result.rejected.push({ line: entry.line, reason });
      if (batch.length === BATCH) {
        await this.addBatch(upstreamId, batch, result);
        batch = [];
      }
      if (++read % BATCH === 0) await nextTurn();
    }
    if (batch.length > 0) await this.addBatch(upstreamId, batch, result);
    return result;
  }

  private async addBatch(upstreamId: string, batch: readonly NewKey[], result: ImportResult): Promise<void> {
    const distinct = [...new Map(batch.toReversed().map((key) => [key.fingerprint, key])).values()].reverse();
    for (let tries = 1; ; tries++) {
      try {
        const added = await this.insert(upstreamId, distinct);
        result.added += added;
        result.duplicate += batch.length - added;
        return;
      } catch (error) {
        // Another import was first with one of them; look again.
        if (!isUniqueViolation(error) || tries === TRIES) throw error;
      }
    }
  }

  private insert(upstreamId: string, keys: readonly NewKey[]): Promise<number> {
    return this.store.write(async (tx, note) => {
      await this.vault.assertCurrent(tx);
      const held = await tx.find(KeyRow, {
        where: { upstreamId, fingerprint: In(keys.map(({ fingerprint }) => fingerprint)) },
        select: { fingerprint: true },
      });
      const known = new Set(held.map(({ fingerprint }) => fingerprint));
      const fresh = keys.filter(({ fingerprint }) => !known.has(fingerprint));
      if (fresh.length === 0) return 0;
      await nextTurn();
      const rows = this.rowsOf(upstreamId, fresh);
      for (let at = 0; at < rows.length; at += ROWS) {
        await nextTurn();
        const some = rows.slice(at, at + ROWS);
        // Without `updateEntity` TypeORM reads the rows again, and mixes them up: they come back in another order.
        await tx.createQueryBuilder().insert().into(KeyRow).values(some).updateEntity(false).execute();
      }
      await nextTurn();
      note({ kind: 'keys', ref: upstreamId, ids: rows.map(({ id }) => id) });
      return rows.length;
    });
  }

  /** Times of creation keep the order of the import, which lists and sequential rotation follow. */
  private rowsOf(upstreamId: string, keys: readonly NewKey[]): KeyRow[] {
    const now = this.clock.now();
    return keys.map((key, index) => {
      const id = newId(now);
      const createdAt = Math.max(this.lastCreatedAt + 1, now - keys.length + index);
      this.lastCreatedAt = createdAt;
      return {
        ...DEFAULT_FIELDS,
        ...key.fields,
        ...this.vault.seal(id, upstreamId, key.key),
        id,
        upstreamId,
        fingerprint: key.fingerprint,
        masked: maskSecret(key.key),
        status: 'active',
        reason: null,
        until: null,
        createdAt,
        updatedAt: now,
        lastUsedAt: null,
        version: 0,
      };
    });
  }
}
