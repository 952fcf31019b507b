import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Change, ChangeFeed, EVERYTHING } from '../database/change-feed.js';
import { KeyVault } from './secrets/key-vault.js';
import { KeyIntake } from './sync/key-intake.js';
import { KeyLoader } from './sync/key-loader.js';
import { KeyRegistry } from './sync/key-registry.js';
import type { StoredKey } from './sync/stored-key.js';

/**
 * Keeps the pools equal to the stored keys: loads all at boot, then follows the change feed. A change of
 * some keys touches these keys only.
 */
@Injectable()
export class KeySync implements OnModuleInit {
  constructor(
    private readonly vault: KeyVault,
    private readonly changes: ChangeFeed,
    private readonly loader: KeyLoader,
    private readonly intake: KeyIntake,
    private readonly registry: KeyRegistry,
  ) {}

  /** Throws BootFault where the master key is not the database's. */
  async onModuleInit(): Promise<void> {
    await this.vault.unlock();
    this.changes.on('keys', (changes) => this.follow(changes));
    for await (const rows of this.loader.all()) await this.intake.put(rows);
  }

  private async follow(changes: readonly Change[]): Promise<void> {
    const whole = new Set(changes.filter((change) => !change.ids).map((change) => change.ref));
    if (whole.has(EVERYTHING)) return this.reloadEverything();
    for (const upstreamId of whole) await this.reload(upstreamId);
    const touched = new Map<string, Set<string>>();
    for (const { ref, ids } of changes) {
      if (!ids || whole.has(ref)) continue;
      const known = touched.get(ref) ?? new Set();
      ids.forEach((id) => known.add(id));
      touched.set(ref, known);
    }
    for (const [upstreamId, ids] of touched) {
      await this.apply(upstreamId, [...ids], this.loader.some(upstreamId, [...ids]));
    }
  }

  private async reloadEverything(): Promise<void> {
    const before = this.registry
      .upstreams()
      .map((upstreamId) => [upstreamId, this.registry.idsOf(upstreamId)] as const);
    const found = new Set<string>();
    for await (const rows of this.loader.all()) {
      rows.forEach((row) => found.add(row.id));
      await this.intake.put(rows);
    }
    for (const [upstreamId, ids] of before) {
      await this.intake.drop(
        upstreamId,
        ids.filter((id) => !found.has(id)),
      );
    }
  }

  private reload(upstreamId: string): Promise<void> {
    return this.apply(upstreamId, this.registry.idsOf(upstreamId), this.loader.all(upstreamId));
  }

  /** Puts what is stored; drops what was expected and is not. */
  private async apply(
    upstreamId: string,
    expected: readonly string[],
    stored: AsyncIterable<StoredKey[]>,
  ): Promise<void> {
    const found = new Set<string>();
    for await (const rows of stored) {
      rows.forEach((row) => found.add(row.id));
      await this.intake.put(rows);
    }
    await this.intake.drop(
      upstreamId,
      expected.filter((id) => !found.has(id)),
    );
  }
}
