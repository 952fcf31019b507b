import type { KeyRecord } from './key-record.js';
import type { MemoryPool } from './memory-pool.js';
import type { KeyMemory, Rest } from './pool-state.js';
import type { Rests } from './rests.js';

/** What has to outlive a restart, of one key. */
export function rememberKey(key: KeyRecord, now: number): KeyMemory {
  const days = [...key.quota.allBuckets()].flatMap(([pattern, bucket]) => {
    const counted = bucket.dayCount(now);
    return counted ? [{ pattern, ...counted }] : [];
  });
  const isCarrier = key.quota.carriers?.has(key.id) && key.quota.rests;
  return {
    keyId: key.id,
    ...allRests(key.rests),
    days,
    ...(isCarrier ? { group: allRests(isCarrier) } : {}),
  };
}

/** Brings back what was remembered; the longer rest and the larger count win over what is known by now. */
export function restoreKey(pool: MemoryPool, memory: KeyMemory): void {
  const key = pool.roster.keys.get(memory.keyId);
  if (!key) return;
  if (memory.rest) pool.rest(key.id, undefined, memory.rest);
  for (const { model, ...rest } of memory.models) pool.rest(key.id, model, rest);
  if (memory.group?.rest) pool.restGroup(key, undefined, memory.group.rest);
  for (const { model, ...rest } of memory.group?.models ?? []) pool.restGroup(key, model, rest);
  for (const { pattern, day, count } of memory.days) {
    key.quota.makeBucket(pattern).restoreDay(pool.rules.dayZone, day, count);
  }
}

function allRests(rests: Rests): { rest?: Rest; models: ({ model: string } & Rest)[] } {
  const models = [...(rests.models ?? [])].map(([model, record]) => ({ model, ...record.toRest() }));
  return rests.whole ? { rest: rests.whole.toRest(), models } : { models };
}
