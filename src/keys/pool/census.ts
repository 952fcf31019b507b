import type { KeyRecord, Quota } from './key-record.js';
import type { PoolCounts } from './pool-state.js';
import type { RestRecord } from './rests.js';
import { SoonestFirst } from './soonest-first.js';

type Shown = 'free' | 'cooling' | 'exhausted';

/** The lendable keys of one quota, by their own state; a rest of the whole group is shown for all of them. */
class Tally {
  group: Shown = 'free';
  free = 0;
  cooling = 0;
  exhausted = 0;
}

/**
 * How many keys are in which state, kept up to date as states change, because a refusal has to say it and must
 * not look at every key. Rests end by themselves: their ends lie in a queue that is caught up with before counting.
 */
export class Census {
  private readonly totals = { free: 0, cooling: 0, exhausted: 0 };
  private readonly tallies = new Map<Quota, Tally>();
  private readonly shown = new Map<KeyRecord, Shown>();
  private readonly ends = new SoonestFirst<KeyRecord | Quota>();
  /** When each owner lies in the queue first, so that rests set again and again do not fill it. */
  private readonly queued = new Map<KeyRecord | Quota, number>();

  /** The key takes its turns from now on. */
  joined(key: KeyRecord, now: number): void {
    this.change(key.quota, (tally) => (tally.free += 1));
    this.shown.set(key, 'free');
    this.look(key, now);
    if (key.quota.rests) this.look(key.quota, now);
  }

  left(key: KeyRecord): void {
    const shown = this.shown.get(key);
    if (!shown) return;
    this.shown.delete(key);
    this.change(key.quota, (tally) => (tally[shown] -= 1));
  }

  /** A rest of the key or group may have begun, changed or ended. */
  look(owner: KeyRecord | Quota, now: number): void {
    const record = owner.rests?.whole;
    const state = stateOf(record, now);
    if (record && state !== 'free') this.queue(owner, record.until);
    if ('cohorts' in owner) this.change(owner, (tally) => (tally.group = state));
    else this.showKey(owner, state);
  }

  count(now: number): Pick<PoolCounts, 'free' | 'cooling' | 'exhausted'> {
    for (let owner = this.ends.takeDue(now); owner; owner = this.ends.takeDue(now)) {
      this.queued.delete(owner);
      this.look(owner, now);
    }
    return { ...this.totals };
  }

  private queue(owner: KeyRecord | Quota, until: number): void {
    if (until >= (this.queued.get(owner) ?? Infinity)) return;
    this.queued.set(owner, until);
    this.ends.add(until, owner);
  }

  private showKey(key: KeyRecord, state: Shown): void {
    const before = this.shown.get(key);
    if (!before || before === state) return;
    this.shown.set(key, state);
    this.change(key.quota, (tally) => {
      tally[before] -= 1;
      tally[state] += 1;
    });
  }

  private change(quota: Quota, how: (tally: Tally) => void): void {
    const tally = this.tallies.get(quota) ?? new Tally();
    this.addUp(tally, -1);
    how(tally);
    this.addUp(tally, 1);
    if (tally.free + tally.cooling + tally.exhausted > 0) this.tallies.set(quota, tally);
    else this.tallies.delete(quota);
  }

  private addUp(tally: Tally, sign: 1 | -1): void {
    if (tally.group === 'free') {
      this.totals.free += sign * tally.free;
      this.totals.cooling += sign * tally.cooling;
      this.totals.exhausted += sign * tally.exhausted;
    } else {
      this.totals[tally.group] += sign * (tally.free + tally.cooling + tally.exhausted);
    }
  }
}

function stateOf(record: RestRecord | undefined, now: number): Shown {
  return record?.runs(now) ? record.status : 'free';
}
