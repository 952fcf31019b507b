import type { KeyState, Rest } from '../pool/pool-state.js';
import type { StoredStatus } from '../rows/key-row.js';

export const KEY_STATUSES = ['active', 'cooling', 'exhausted', 'invalid', 'disabled'] as const;
export type KeyStatus = (typeof KEY_STATUSES)[number];

export interface LiveStatus {
  readonly status: KeyStatus;
  readonly reason: string | null;
  /** Epoch milliseconds. */
  readonly until: number | null;
  /** Filled where the status holds for these models only. */
  readonly models: readonly ({ readonly model: string } & Rest)[];
}

interface StoredState {
  readonly status: StoredStatus;
  readonly reason: string | null;
  readonly until: number | null;
}

/**
 * What a person is told of a key: the row is the truth about disabled, invalid and exhausted keys, the pool
 * knows who rests now. A key that rests for some models only has their gravest status, with `models` filled.
 */
export function liveStatus(
  row: StoredState,
  state: KeyState | undefined,
  readable: boolean,
  now: number,
): LiveStatus {
  if (row.status === 'disabled') return plain('disabled');
  if (!readable) return plain('invalid', 'undecryptable');
  if (row.status === 'invalid') return plain('invalid', row.reason);
  if (!state) return stored(row, now);
  switch (state.status) {
    case 'invalid':
      return plain('invalid', state.reason ?? row.reason);
    case 'cooling':
    case 'exhausted':
      return { ...plain(state.status, state.reason ?? null), until: state.until ?? null };
    case 'free':
    // The row was enabled a moment ago; the pool follows.
    case 'disabled':
      return ofModels(state.models.filter((rest) => rest.until > now));
  }
}

const plain = (status: KeyStatus, reason: string | null = null): LiveStatus => ({
  status,
  reason,
  until: null,
  models: [],
});

/** The pool does not hold the key yet. */
function stored(row: StoredState, now: number): LiveStatus {
  const rests = row.status === 'exhausted' && (row.until ?? 0) > now;
  return rests ? { ...plain('exhausted', row.reason), until: row.until } : plain('active');
}

function ofModels(models: LiveStatus['models']): LiveStatus {
  const rest = models.find(({ status }) => status === 'exhausted') ?? models[0];
  return rest ? { status: rest.status, reason: rest.reason, until: rest.until, models } : plain('active');
}
