import { Injectable } from '@nestjs/common';
import { LentKeys } from '../lent-keys.js';
import { type KeyMemory, PoolState } from '../pool/pool-state.js';
import { KeyVault } from '../secrets/key-vault.js';
import { KeyLoader } from './key-loader.js';
import { KeyRegistry } from './key-registry.js';
import { memoryOf, poolKeyOf, type StoredKey } from './stored-key.js';

/** Brings stored keys into the pool, and takes them out. */
@Injectable()
export class KeyIntake {
  constructor(
    private readonly vault: KeyVault,
    private readonly ring: LentKeys,
    private readonly state: PoolState,
    private readonly registry: KeyRegistry,
    private readonly loader: KeyLoader,
  ) {}

  /** Adds or changes these keys; repeatable. Rows may be of several upstreams. */
  async put(rows: readonly StoredKey[]): Promise<void> {
    const ofUpstreams = Map.groupBy(rows, (row) => row.upstreamId);
    for (const [upstreamId, group] of ofUpstreams) await this.putInto(upstreamId, group);
  }

  async drop(upstreamId: string, keyIds: readonly string[]): Promise<void> {
    if (keyIds.length === 0) return;
    await this.state.dropKeys(upstreamId, keyIds);
    for (const id of keyIds) this.ring.delete(id);
    this.registry.drop(upstreamId, keyIds);
  }

  async dropUpstream(upstreamId: string): Promise<void> {
    await this.drop(upstreamId, this.registry.idsOf(upstreamId));
    await this.state.dropPool(upstreamId);
  }

  private async putInto(upstreamId: string, rows: readonly StoredKey[]): Promise<void> {
    await this.state.putKeys(
      upstreamId,
      rows.map((row) => poolKeyOf(row, this.holdSecret(row))),
    );
    const isNew = (row: StoredKey) => this.registry.version(upstreamId, row.id) === undefined;
    await this.restore(upstreamId, rows.filter(isNew));
    for (const row of rows) {
      if (!isNew(row)) await this.follow(upstreamId, row);
      this.registry.put(row, this.ring.peek(row.id) !== undefined);
    }
  }

  /**
   * Whether the key's secret is at hand. One that is held stays: a key's secret never changes, and a row that
   * was sealed anew under a master key unknown here keeps working from memory.
   */
  private holdSecret(row: StoredKey): boolean {
    if (this.ring.peek(row.id)) return true;
    const secret = this.vault.open(row);
    if (secret) this.ring.set(row.id, secret);
    return secret !== undefined;
  }

  private async restore(upstreamId: string, rows: readonly StoredKey[]): Promise<void> {
    const stored = await this.loader.memories(rows.map((row) => row.id));
    const memories = rows
      .map((row) => memoryOf(row, stored.get(row.id)))
      .filter((memory): memory is KeyMemory => memory !== undefined);
    if (memories.length > 0) await this.state.restore(upstreamId, memories);
  }

  /** What another instance, a check or a person did to a key that is known here. */
  private async follow(upstreamId: string, row: StoredKey): Promise<void> {
    if (row.version > (this.registry.version(upstreamId, row.id) ?? 0))
      await this.state.lift(upstreamId, row.id);
    const rest = row.status === 'exhausted' ? memoryOf(row, undefined)?.rest : undefined;
    if (rest) await this.state.rest(upstreamId, row.id, undefined, rest);
  }
}
