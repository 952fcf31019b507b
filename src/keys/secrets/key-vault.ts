import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { BootFault } from '../../config/boot-fault.js';
import { Config } from '../../config/config.js';
import { isUniqueViolation } from '../../database/unique-violation.js';
import { Store } from '../../database/store.js';
import { KeywheelError } from '../../kernel/errors.js';
import { Secret } from '../../kernel/secret.js';
import { MasterKeyRow } from '../rows/master-key-row.js';
import { open, seal, type MasterKey } from './cipher.js';
import { fingerprinter, masterKeyOf, newCheckValue, openSeed } from './master-keys.js';

/** What a key's ciphertext is bound to: moved to another row or upstream it does not open. */
export const keyBinding = (keyId: string, upstreamId: string) => `api_keys:${keyId}:${upstreamId}`;

const WRONG_KEY =
  'MASTER_KEY is not the one that this database was written with. Set the MASTER_KEY (or MASTER_KEY_FILE) it had before, or use another database.';
const RETIRED_KEY =
  'MASTER_KEY was replaced by rotate-master-key. Set the new one; where the rotation was interrupted, run it again first.';

/** Seals and opens the secrets of keys under the master key of this process. */
@Injectable()
export class KeyVault {
  private master: MasterKey;
  private fingerprintOf: (key: string) => string;

  constructor(
    private readonly config: Config,
    private readonly store: Store,
  ) {}

  /** Proves the master key against the database, before anything is served. Throws BootFault. */
  async unlock(): Promise<void> {
    const master = masterKeyOf(this.config.masterKey);
    if (!master) throw new BootFault(['MASTER_KEY must be 32 bytes in base64.']);
    const row = (await this.recordOf(master)) ?? (await this.firstRecord(master));
    if (row.retiredAt !== null) throw new BootFault([RETIRED_KEY]);
    const seed = openSeed(master, row.checkValue);
    if (seed === undefined) throw new BootFault([WRONG_KEY]);
    this.master = master;
    this.fingerprintOf = fingerprinter(seed);
  }

  seal(keyId: string, upstreamId: string, text: string): { cipher: string; cipherKeyId: string } {
    return { cipher: seal(this.master, text, keyBinding(keyId, upstreamId)), cipherKeyId: this.master.id };
  }

  /** Undefined where the row does not open: such a key is never sent. */
  open(row: { id: string; upstreamId: string; cipher: string }): Secret | undefined {
    const text = open(this.master, row.cipher, keyBinding(row.id, row.upstreamId));
    return text === undefined ? undefined : new Secret(text);
  }

  fingerprint(text: string): string {
    return this.fingerprintOf(text);
  }

  /**
   * Refuses to write under a master key that a rotation has retired. Called inside the writing transaction:
   * the row's lock makes the rotation wait for it, so no row is left behind.
   */
  async assertCurrent(tx: EntityManager): Promise<void> {
    const query = tx
      .getRepository(MasterKeyRow)
      .createQueryBuilder('m')
      .where('m.id = :id', { id: this.master.id });
    if (this.config.database.kind !== 'sqlite') query.setLock('pessimistic_write');
    const row = await query.getOne();
    if (row && row.retiredAt === null) return;
    throw new KeywheelError(
      'unavailable',
      'The master key was rotated. Keys can be added again once this instance runs with the new one.',
    );
  }

  private recordOf(master: MasterKey): Promise<MasterKeyRow | null> {
    return this.store.manager.getRepository(MasterKeyRow).findOneBy({ id: master.id });
  }

  /** An empty database takes the master key it is first opened with. */
  private async firstRecord(master: MasterKey): Promise<MasterKeyRow> {
    const row = { id: master.id, checkValue: newCheckValue(master), createdAt: Date.now(), retiredAt: null };
    try {
      return await this.store.write(async (tx) => {
        if ((await tx.count(MasterKeyRow)) === 0) {
          await tx.insert(MasterKeyRow, row);
          return row;
        }
        // Another instance may have been first since we looked, with the same key.
        const ours = await tx.findOneBy(MasterKeyRow, { id: master.id });
        if (ours) return ours;
        throw new BootFault([WRONG_KEY]);
      });
    } catch (error) {
      // Or it was first while we wrote.
      const winner = isUniqueViolation(error) ? await this.recordOf(master) : null;
      if (winner) return winner;
      throw error;
    }
  }
}
