import type { KeyRecord, Quota } from '../key-record.js';
import type { MemoryPool } from '../memory-pool.js';
import type { Rest } from '../pool-state.js';
import type { Rests } from '../rests.js';

/** What one instance tells the others of a rest; without `rest` it has ended. */
export interface RestTold {
  /** `k:` and the id of a key, or `g:` and the name of a quota group. */
  readonly owner: string;
  /** Empty for all models. */
  readonly model: string;
  readonly rest?: Rest;
  /** The key with which a group's rest is stored. */
  readonly carrier: string;
}

/**
 * Takes over what another instance has told. A rest never ends sooner by it, but its end does: a success there
 * counts here. Nobody is told: the other instance stores it.
 */
export function adoptRest(pool: MemoryPool, { owner, model: named, rest, carrier }: RestTold): void {
  const id = owner.slice(2);
  const model = named === '' ? undefined : named;
  if (owner.startsWith('g:')) {
    const quota = pool.roster.groupOf(id);
    if (quota?.rests) adoptForGroup(pool, quota, model, rest, carrier);
    return;
  }
  const key = pool.roster.keys.get(id);
  if (key) adoptForKey(pool, key, model, rest);
}

function adoptForKey(
  pool: MemoryPool,
  key: KeyRecord,
  model: string | undefined,
  rest: Rest | undefined,
): void {
  if (!change(key.rests, model, rest, pool.lastSeen)) return;
  pool.census.look(key, pool.lastSeen);
  if (rest) return pool.lanes.restKey(key, model, rest.until, pool.lastSeen);
  pool.lanes.wakeKey(key);
  pool.tellFree();
}

function adoptForGroup(
  pool: MemoryPool,
  quota: Quota,
  model: string | undefined,
  rest: Rest | undefined,
  carrier: string,
): void {
  if (!change(quota.rests!, model, rest, pool.lastSeen)) return;
  pool.census.look(quota, pool.lastSeen);
  if (rest) {
    (quota.carriers ??= new Set()).add(carrier);
    return pool.lanes.restQuota(quota, model, rest.until, pool.lastSeen);
  }
  pool.lanes.wakeQuota(quota);
  pool.tellFree();
}

/** False where nothing changes. */
function change(rests: Rests, model: string | undefined, rest: Rest | undefined, now: number): boolean {
  const known = rests.of(model);
  if (rest) {
    if (known && known.until >= rest.until) return false;
    rests.set(model, rest);
    return true;
  }
  if (!known) return false;
  rests.clear(model, now);
  return true;
}
