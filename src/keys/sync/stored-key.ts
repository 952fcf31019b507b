import type { KeyMemory, PoolKey } from '../pool/pool-state.js';
import type { KeyRow } from '../rows/key-row.js';

/** The columns that the pool lives on. */
export const POOL_COLUMNS = [
  'id',
  'upstreamId',
  'cipher',
  'status',
  'reason',
  'until',
  'weight',
  'priority',
  'quotaGroup',
  'limits',
  'version',
] as const;

export type StoredKey = Pick<KeyRow, (typeof POOL_COLUMNS)[number]>;

// Most keys have no limits of their own; ten thousand of them share one empty list.
const NO_LIMITS: PoolKey['limits'] = Object.freeze([]);

/** The key as the pool sees it. One whose secret cannot be read is never lent. */
export function poolKeyOf(row: StoredKey, readable: boolean): PoolKey {
  const out =
    row.status === 'disabled' ? 'disabled' : row.status === 'invalid' || !readable ? 'invalid' : undefined;
  return {
    id: row.id,
    weight: row.weight,
    priority: row.priority,
    limits: row.limits.length === 0 ? NO_LIMITS : row.limits,
    ...(row.quotaGroup !== null && { quotaGroup: row.quotaGroup }),
    ...(out && { out }),
  };
}

/**
 * What a key that is new to this process should remember. The row is the truth about `exhausted`; the memory
 * adds cooling, rests of single models and of the quota group, and day counts. Undefined for nothing at all.
 */
export function memoryOf(row: StoredKey, memory: KeyMemory | undefined): KeyMemory | undefined {
  if (!memory) return row.status === 'exhausted' ? restingOnly(row) : undefined;
  if (row.status !== 'exhausted') return withoutExhausted(memory);
  // The group's rest says the same and is shared by its other keys.
  if (memory.group?.rest?.status === 'exhausted') return memory;
  const { rest } = restingOnly(row);
  return rest ? { ...memory, rest } : memory;
}

function restingOnly(row: StoredKey): KeyMemory {
  const rest = {
    status: 'exhausted' as const,
    reason: row.reason ?? 'exhausted',
    until: row.until ?? 0,
    streak: 1,
  };
  return { keyId: row.id, models: [], days: [], ...(row.until !== null && { rest }) };
}

/** A person or a check ended what this remembers as exhausted. */
function withoutExhausted(memory: KeyMemory): KeyMemory {
  const { rest, group, ...others } = memory;
  return {
    ...others,
    ...(rest?.status === 'cooling' && { rest }),
    ...(group && { group: group.rest?.status === 'exhausted' ? { models: group.models } : group }),
  };
}
