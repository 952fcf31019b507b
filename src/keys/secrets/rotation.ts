import { setImmediate as nextTurn } from 'node:timers/promises';
import { MoreThan } from 'typeorm';
import { BootFault } from '../../config/boot-fault.js';
import type { Store } from '../../database/store.js';
import { KeyRow } from '../rows/key-row.js';
import { MasterKeyRow } from '../rows/master-key-row.js';
import { open, seal, type MasterKey } from './cipher.js';
import { keyBinding } from './key-vault.js';
import { openSeed, sealSeed } from './master-keys.js';

export interface Rotation {
  /** Keys sealed anew by this run. */
  readonly resealed: number;
  /** Keys that did not open under the old master key; they stay as they are. */
  readonly unreadable: number;
}

export type Progress = (resealed: number, total: number) => void;

const BATCH = 100;

/**
 * Seals every key anew under `to`, online. Every step is a transaction of its own and can be repeated: a run
 * that was killed is ended by the next one. Instances that hold the old master key go on from memory; once it
 * is retired they add no keys, so that none is left behind. Throws BootFault where it cannot begin.
 */
export async function rotate(
  store: Store,
  from: MasterKey,
  to: MasterKey,
  progress: Progress,
): Promise<Rotation> {
  await admit(store, from, to);
  const first = await reseal(store, from, to, progress);
  await store.write((tx) => tx.update(MasterKeyRow, { id: from.id }, { retiredAt: Date.now() }));
  // What instances added until then.
  const last = await reseal(store, from, to, () => undefined);
  // The old key opens nothing from here on, nor tells it which keys are held.
  await store.write((tx) => tx.update(MasterKeyRow, { id: from.id }, { checkValue: '' }));
  return { resealed: first.resealed + last.resealed, unreadable: last.unreadable };
}

/** Makes both master keys known to the database. */
async function admit(store: Store, from: MasterKey, to: MasterKey): Promise<void> {
  if (from.id === to.id) throw new BootFault(['NEW_MASTER_KEY is the MASTER_KEY in use.']);
  await store.write(async (tx) => {
    const rows = new Map((await tx.find(MasterKeyRow)).map((row) => [row.id, row]));
    const old = rows.get(from.id);
    if (!old) throw new BootFault(['MASTER_KEY is not a key of this database; set the one in use.']);
    const another = [...rows.values()].find(
      ({ id, retiredAt }) => retiredAt === null && id !== from.id && id !== to.id,
    );
    if (another) {
      throw new BootFault([
        `A rotation to another master key (${another.id}) was interrupted. Run it again with that NEW_MASTER_KEY first.`,
      ]);
    }
    const known = rows.get(to.id);
    if (old.retiredAt !== null) {
      if (known && known.retiredAt === null) return;
      throw new BootFault(['MASTER_KEY was replaced by an earlier rotation; set the one that replaced it.']);
    }
    const seed = openSeed(from, old.checkValue);
    if (seed === undefined)
      throw new BootFault(['The check value of MASTER_KEY in the database is damaged.']);
    const row = { id: to.id, checkValue: sealSeed(to, seed), createdAt: Date.now(), retiredAt: null };
    await tx.upsert(MasterKeyRow, row, ['id']);
  });
}

async function reseal(store: Store, from: MasterKey, to: MasterKey, progress: Progress): Promise<Rotation> {
  const total = await store.manager.countBy(KeyRow, { cipherKeyId: from.id });
  let last = '';
  let resealed = 0;
  let unreadable = 0;
  for (;;) {
    const rows: Sealed[] = await store.manager.find(KeyRow, {
      where: { cipherKeyId: from.id, id: MoreThan(last) },
      select: { id: true, upstreamId: true, cipher: true },
      order: { id: 'ASC' },
      take: BATCH,
    });
    const end = rows.at(-1);
    if (!end) return { resealed, unreadable };
    const done = await resealBatch(store, from, to, rows);
    resealed += done;
    unreadable += rows.length - done;
    last = end.id;
    progress(resealed, total);
    await nextTurn();
  }
}

type Sealed = Pick<KeyRow, 'id' | 'upstreamId' | 'cipher'>;

function resealBatch(store: Store, from: MasterKey, to: MasterKey, rows: readonly Sealed[]): Promise<number> {
  return store.write(async (tx, note) => {
    let done = 0;
    for (const { id, upstreamId, cipher } of rows) {
      const text = open(from, cipher, keyBinding(id, upstreamId));
      if (text === undefined) continue;
      const sealed = { cipher: seal(to, text, keyBinding(id, upstreamId)), cipherKeyId: to.id };
      // One that was deleted meanwhile stays deleted.
      await tx.update(KeyRow, { id, cipherKeyId: from.id }, sealed);
      note({ kind: 'keys', ref: upstreamId, ids: [id] });
      done++;
    }
    return done;
  });
}
