import type { EntityManager } from 'typeorm';
import { LessThan, MoreThan } from 'typeorm';
import { type Change, CHANGE_KINDS, type ChangeKind } from './change-feed.js';
import { ChangeRow } from './change-row.js';
import { ConfigVersion } from './config-version.js';

/** More ids than this in one change are not written down: the other instances reload all of `ref`. */
const MAX_IDS = 500;
const CHUNK = 100;

export interface LoggedChange {
  readonly version: number;
  readonly change: Change;
}

/** One change per kind and ref, with the ids of all. */
export function mergeChanges(changes: readonly Change[]): Change[] {
  const merged = new Map<string, Change>();
  for (const change of changes) {
    const name = `${change.kind} ${change.ref}`;
    const before = merged.get(name);
    if (!before) merged.set(name, change);
    else if (before.ids && change.ids) {
      merged.set(name, { ...change, ids: [...new Set([...before.ids, ...change.ids])] });
    } else merged.set(name, { kind: change.kind, ref: change.ref });
  }
  return [...merged.values()];
}

export async function currentVersion(manager: EntityManager): Promise<number> {
  return (await manager.findOneByOrFail(ConfigVersion, { id: 1 })).version;
}

/**
 * Writes the changes down, each with its own version. The version's row stays locked until the commit, so
 * versions become visible in their order and a follower never skips one that comes late.
 * @returns the versions, in the order of `changes`
 */
export async function appendChanges(tx: EntityManager, changes: readonly Change[]): Promise<number[]> {
  await tx.increment(ConfigVersion, { id: 1 }, 'version', changes.length);
  const first = (await currentVersion(tx)) - changes.length + 1;
  const at = Date.now();
  const rows = changes.map(({ kind, ref, ids }, i) => ({
    version: first + i,
    kind,
    ref,
    ids: ids && ids.length <= MAX_IDS ? ids : null,
    at,
  }));
  for (let i = 0; i < rows.length; i += CHUNK) await tx.insert(ChangeRow, rows.slice(i, i + CHUNK));
  return rows.map((row) => row.version);
}

function isKind(kind: string): kind is ChangeKind {
  return (CHANGE_KINDS as readonly string[]).includes(kind);
}

/** What came after `version`, in order; kinds of a newer release are left out of `change` handling. */
export async function changesAfter(
  manager: EntityManager,
  version: number,
  limit: number,
): Promise<{ first: number | undefined; last: number; changes: LoggedChange[] }> {
  const rows = await manager.find(ChangeRow, {
    where: { version: MoreThan(version) },
    order: { version: 'ASC' },
    take: limit,
  });
  const changes = rows.flatMap(({ version, kind, ref, ids }) =>
    isKind(kind) ? [{ version, change: { kind, ref, ...(ids && { ids }) } }] : [],
  );
  return { first: rows[0]?.version, last: rows.at(-1)?.version ?? version, changes };
}

export async function pruneChanges(tx: EntityManager, before: number): Promise<void> {
  await tx.delete(ChangeRow, { at: LessThan(before) });
}
