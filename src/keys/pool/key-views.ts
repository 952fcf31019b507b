import type { KeyRecord } from './key-record.js';
import type { KeyState } from './pool-state.js';
import type { RestRecord } from './rests.js';

/** One key as the control plane shows it. */
export function viewKey(key: KeyRecord, now: number): KeyState {
  return {
    keyId: key.id,
    ...statusOf(key, now),
    models: modelRests(key, now),
    inFlight: key.inFlight,
    usage: key.plan.limits.map((limit) => key.quota.makeBucket(limit.pattern).usage(limit, now)),
  };
}

function statusOf(key: KeyRecord, now: number): Pick<KeyState, 'status' | 'reason' | 'until'> {
  if (key.out)
    return key.refused === undefined ? { status: key.out } : { status: key.out, reason: key.refused };
  const rest = longer(running(key.rests.whole, now), running(key.quota.rests?.whole, now));
  return rest ? { status: rest.status, reason: rest.reason, until: rest.until } : { status: 'free' };
}

function modelRests(key: KeyRecord, now: number): KeyState['models'] {
  const found = new Map<string, RestRecord>();
  for (const [model, record] of [...(key.rests.models ?? []), ...(key.quota.rests?.models ?? [])]) {
    const longest = longer(found.get(model), running(record, now));
    if (longest) found.set(model, longest);
  }
  return [...found].map(([model, record]) => ({ model, ...record.toRest() }));
}

function running(record: RestRecord | undefined, now: number): RestRecord | undefined {
  return record?.runs(now) ? record : undefined;
}

function longer(a: RestRecord | undefined, b: RestRecord | undefined): RestRecord | undefined {
  return a && b ? (a.until >= b.until ? a : b) : (a ?? b);
}
