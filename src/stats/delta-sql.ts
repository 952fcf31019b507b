import type { EntityManager } from 'typeorm';
import type { Cell } from './cell.js';
import { encodeDelta } from './delta-sums.js';
import { lock, run } from './slice-sql.js';

/*
 * With thousands of busy keys a flush has a cell for nearly each of its calls, and to add each to its row costs more
 * than all else that is counted. So their cells are put down as a few texts first, and added to the rows together.
 */

/** Parts of the keys, each of which is merged by itself: short transactions, however many keys there are. */
export const PARTS = 8;
/** MySQL's text holds 64 KiB. */
const FULL = 48 * 1024;
/** Texts that are merged in one transaction. */
export const TEXTS_AT_ONCE = 200;

export interface Deltas {
  readonly id: string;
  readonly cells: string;
}

/** Puts down cells of keys. No two calls may have the same `id`. */
export async function putDeltas(tx: EntityManager, id: string, cells: readonly Cell[]): Promise<void> {
  const texts = Array.from({ length: PARTS }, () => ['']);
  for (const cell of cells) {
    const part = texts[partOf(cell.keyId)]!;
    const delta = encodeDelta(cell);
    const last = part.at(-1)!;
    if (last.length + delta.length > FULL) part.push(delta);
    else part[part.length - 1] = last === '' ? delta : `${last},${delta}`;
  }
  const rows: (string | number)[][] = texts.flatMap((part, number) =>
    part.filter((text) => text !== '').map((text, at) => [number, `${id}-${at}`, `[${text}]`]),
  );
  if (rows.length === 0) return;
  const values = rows.map(() => '(?, ?, ?)').join(', ');
  await run(tx, `INSERT INTO stats_deltas (part, id, cells) VALUES ${values}`, rows.flat());
}

/** The oldest texts of a part, locked against other instances until the end of `tx`. */
export function oldestDeltas(tx: EntityManager, part: number): Promise<Deltas[]> {
  const select = `SELECT id, cells FROM stats_deltas WHERE part = ? ORDER BY id LIMIT ${TEXTS_AT_ONCE}`;
  return run<Deltas>(tx, select + lock(tx), [part]);
}

/** Texts of a part behind `after`, oldest first. */
export function deltasAfter(manager: EntityManager, part: number, after: string): Promise<Deltas[]> {
  const select = 'SELECT id, cells FROM stats_deltas WHERE part = ? AND id > ? ORDER BY id LIMIT 10';
  return run<Deltas>(manager, select, [part, after]);
}

export async function removeDeltas(
  tx: EntityManager,
  part: number,
  deltas: readonly Deltas[],
): Promise<void> {
  const ids = deltas.map(({ id }) => id);
  const places = ids.map(() => '?').join(', ');
  await run(tx, `DELETE FROM stats_deltas WHERE part = ? AND id IN (${places})`, [part, ...ids]);
}

/** By the last letter but one: that of an id is as good as random, while the last one tells two bits. */
function partOf(keyId: string): number {
  return (keyId.charCodeAt(keyId.length - 2) || 0) % PARTS;
}
