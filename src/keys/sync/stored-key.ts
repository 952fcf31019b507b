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
 * adds cooling, rests of single models and day counts. Undefined where there is nothing to remember.
 */
export function memoryOf(row: StoredKey, memory: KeyMemory | undefined): KeyMemory | undefined {
  const exhausted =
    row.status === 'exhausted' && row.until !== null
      ? {
          status: 'exhausted' as const,
          reason: row.reason ?? 'exhausted',
          until: row.until,
          streak: memory?.rest?.streak ?? 1,
        }
      : undefined;
  const cooling = memory?.rest?.status === 'cooling' ? memory.rest : undefined;
  const rest = exhausted ?? cooling;
  if (!rest && !memory) return undefined;
  return { keyId: row.id, models: memory?.models ?? [], days: memory?.days ?? [], ...(rest && { rest }) };
}
