import type { MemoryPool } from '../memory-pool.js';
import type { PoolKey, Rest } from '../pool-state.js';
import type { Rests } from '../rests.js';
import { adoptRest, type RestTold } from './adopt-rest.js';

/** What is known to all of one rest. */
interface Known {
  readonly version: number;
  readonly told: RestTold;
}

/**
 * What all instances have been told of one pool's rests, by field: owner, line feed, model. Keys whose rests have
 * changed here since are dirty until that is told: for them what is heard is noted, but not taken over, because
 * what they are told of is older than what happened here.
 */
export class RestLedger {
  readonly dirty = new Set<string>();
  private readonly known = new Map<string, Known>();
  /** News with a number up to this one were part of what was caught up with. */
  private upTo = 0;

  get isEmpty(): boolean {
    return this.known.size === 0;
  }

  /** What is to be told of these keys' rests, and of their groups', by field. */
  differences(pool: MemoryPool, keyIds: Iterable<string>): Map<string, RestTold> {
    const found = new Map<string, RestTold>();
    for (const id of keyIds) {
      const key = pool.roster.keys.get(id);
      if (!key) continue;
      this.compare(`k:${id}`, id, key.rests, found);
      const { group, rests, carriers } = key.quota;
      if (group === undefined || !rests) continue;
      this.compare(`g:${group}`, carriers?.values().next().value ?? id, rests, found);
    }
    return found;
  }

  /** It was told, under this number. */
  told(field: string, version: number, told: RestTold): void {
    if (version <= (this.known.get(field)?.version ?? 0)) return;
    if (told.rest) this.known.set(field, { version, told });
    else this.known.delete(field);
  }

  /** Another instance has told it. */
  heard(pool: MemoryPool, field: string, version: number, told: RestTold): void {
    if (version <= this.upTo || version <= (this.known.get(field)?.version ?? 0)) return;
    this.told(field, version, told);
    if (!this.isDirty(pool, told.owner)) adoptRest(pool, told);
  }

  /**
   * Takes over all that was told so far.
   * @param version the number that was given out last; 0 where nothing was ever told, or all is lost
   */
  catchUp(pool: MemoryPool, version: number, stored: ReadonlyMap<string, Known>): void {
    if (version < this.upTo || version === 0) this.known.clear();
    this.upTo = 0;
    for (const [field, { told }] of [...this.known]) {
      if (stored.has(field)) continue;
      this.known.delete(field);
      if (!this.isDirty(pool, told.owner)) adoptRest(pool, { ...told, rest: undefined });
    }
    for (const [field, known] of stored) this.heard(pool, field, known.version, known.told);
    this.upTo = version;
  }

  /** Nothing of it is known any more. */
  reset(): void {
    this.known.clear();
    this.upTo = 0;
  }

  /** These keys have come, perhaps after what is told of them. */
  appeared(pool: MemoryPool, keys: readonly PoolKey[]): void {
    if (this.isEmpty || keys.length === 0) return;
    const owners = new Set(keys.flatMap(({ id, quotaGroup }) => [`k:${id}`, `g:${quotaGroup}`]));
    for (const { told } of this.known.values()) {
      if (owners.has(told.owner) && !this.isDirty(pool, told.owner)) adoptRest(pool, told);
    }
  }

  /** Forgets these keys and groups; answers the fields that were theirs. */
  dropped(owners: ReadonlyMap<string, unknown>): string[] {
    for (const owner of owners.keys()) this.dirty.delete(owner.slice(2));
    if (this.isEmpty) return [];
    const fields = [...this.known].filter(([, { told }]) => owners.has(told.owner)).map(([field]) => field);
    for (const field of fields) this.known.delete(field);
    return fields;
  }

  private compare(owner: string, carrier: string, rests: Rests, found: Map<string, RestTold>): void {
    const now = restsOfOwner(rests);
    for (const [model, rest] of now) {
      const field = `${owner}\n${model}`;
      const known = this.known.get(field)?.told.rest;
      if (!known || !isSame(known, rest)) found.set(field, { owner, model, rest, carrier });
    }
    for (const [field, { told }] of this.known) {
      if (told.owner === owner && !now.has(told.model))
        found.set(field, { owner, model: told.model, carrier });
    }
  }

  private isDirty(pool: MemoryPool, owner: string): boolean {
    const id = owner.slice(2);
    if (this.dirty.size === 0 || owner.startsWith('k:')) return this.dirty.has(id);
    return [...this.dirty].some((keyId) => pool.roster.keys.get(keyId)?.quota.group === id);
  }
}

/** The rests of a key or group by model, an empty one for all models. */
function restsOfOwner(rests: Rests): Map<string, Rest> {
  const found = new Map<string, Rest>();
  if (rests.whole) found.set('', rests.whole.toRest());
  for (const [model, record] of rests.models ?? []) found.set(model, record.toRest());
  return found;
}

function isSame(a: Rest, b: Rest): boolean {
  return a.until === b.until && a.streak === b.streak && a.status === b.status && a.reason === b.reason;
}
