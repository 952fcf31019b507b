import type { EntityManager } from 'typeorm';
import { type Deltas, PARTS } from './deltas.js';
import { lock, run } from './slice-sql.js';

/*
 * The statements on stats_deltas. With thousands of busy keys a flush has a cell for nearly each of its calls, and to
 * add each to its row costs more than all else that is counted. So they are put down as a few texts first, and added to
 * the rows together.
 */

/** Texts that are merged in one transaction. */
export const TEXTS_AT_ONCE = 200;

export interface StoredDeltas {
  readonly id: string;
  readonly cells: string;
}

/** Puts down what keys have counted. No two calls may have the same `id`. */
export async function putDeltas(tx: EntityManager, id: string, deltas: Deltas): Promise<void> {
  const rows = Array.from({ length: PARTS }, (_, part) =>
    deltas.texts(part).map((text, at) => [part, `${id}-${at}`, text]),
  ).flat();
  if (rows.length === 0) return;
  const values = rows.map(() => '(?, ?, ?)').join(', ');
  await run(tx, `INSERT INTO stats_deltas (part, id, cells) VALUES ${values}`, rows.flat());
}

/** The oldest texts of a part, locked against other instances until the end of `tx`. */
export function oldestDeltas(tx: EntityManager, part: number): Promise<StoredDeltas[]> {
  const select = `SELECT id, cells FROM stats_deltas WHERE part = ? ORDER BY id LIMIT ${TEXTS_AT_ONCE}`;
  return run<StoredDeltas>(tx, select + lock(tx), [part]);
}

/** Texts of a part behind `after`, oldest first. */
export function deltasAfter(manager: EntityManager, part: number, after: string): Promise<StoredDeltas[]> {
  const select = 'SELECT id, cells FROM stats_deltas WHERE part = ? AND id > ? ORDER BY id LIMIT 10';
  return run<StoredDeltas>(manager, select, [part, after]);
}

export async function removeDeltas(
  tx: EntityManager,
  part: number,
  deltas: readonly StoredDeltas[],
): Promise<void> {
  const ids = deltas.map(({ id }) => id);
  const places = ids.map(() => '?').join(', ');
  await run(tx, `DELETE FROM stats_deltas WHERE part = ? AND id IN (${places})`, [part, ...ids]);
}
