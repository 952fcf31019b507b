import { IndexedHeap } from './indexed-heap.js';
import type { Cohort, KeyRecord } from './key-record.js';
import type { RotationPolicy } from './rotation.js';
import { type EarlyTally, Rota } from './rota.js';
import { Shortage } from './shortage.js';
import type { Slots } from './slots.js';

/** The members of a cohort of several keys, in one lane. */
interface Inner {
  readonly rota: Rota;
  /** Added to the members' passes: the virtual time that the cohort spent at rest. */
  shift: number;
}

/** A shaky key stands behind the sound ones of every priority. */
const BEHIND_ALL = 2 ** 30;

/** Entries that come back in one go; the rest of a crowd follows with the next calls. */
const MOST_RETURNS = 64;

/**
 * Whose turn it is, for one model or for all that need no lane of their own. Two levels: cohorts take turns, and
 * inside a cohort its keys do, so that a quota group is barred and comes back in O(log n) however many keys it
 * has. What bars a key is not known here: a key is looked at when its turn comes, and put to rest then.
 */
export class Lane {
  usedAt = 0;
  private readonly tally: EarlyTally = { early: 0 };
  private readonly outer = new Rota(this.tally);
  private readonly inners = new Map<number, Inner>();
  /** Cohorts with members at rest, by the first return. */
  private readonly alarms = new IndexedHeap((a, b) => this.alarmOf(a) < this.alarmOf(b));
  private readonly shortage = new Shortage();
  /** Virtual time per priority: the pass of the key that was lent last. */
  private readonly floors = new Map<number, number>();

  constructor(
    /** The only model it serves; undefined for the shared lane. */
    readonly model: string | undefined,
    private readonly cohorts: Slots<Cohort>,
    private readonly policy: RotationPolicy,
  ) {}

  /** The same turns, for one model. */
  copyFor(model: string): Lane {
    const copy = new Lane(model, this.cohorts, this.policy);
    copy.outer.copy(this.outer);
    for (const [slot, inner] of this.inners) {
      const rota = new Rota(copy.tally);
      rota.copy(inner.rota);
      copy.inners.set(slot, { rota, shift: inner.shift });
    }
    copy.alarms.copy(this.alarms);
    copy.shortage.copy(this.shortage);
    for (const [tier, floor] of this.floors) copy.floors.set(tier, floor);
    copy.tally.early = this.tally.early;
    return copy;
  }

  join(key: KeyRecord, cohort: Cohort): void {
    const pass = this.floorOf(cohort) + this.policy.start(key.weight);
    let inner = this.inners.get(cohort.slot);
    if (!inner && cohort.members.size === 1) {
      this.rankOuter(cohort, key, pass);
      this.outer.release(cohort.slot);
      return;
    }
    inner ??= this.widen(cohort);
    this.rankInner(inner, key, pass - inner.shift);
    inner.rota.release(key.index);
    this.refresh(cohort, inner);
  }

  /** Before the key leaves its cohort. */
  leave(key: KeyRecord, cohort: Cohort): void {
    const inner = this.inners.get(cohort.slot);
    inner?.rota.sendAway(key.index);
    if (inner && cohort.members.size > 1) return this.refresh(cohort, inner);
    this.outer.sendAway(cohort.slot);
    this.shortage.remove(cohort.slot);
    this.alarms.remove(cohort.slot);
    this.inners.delete(cohort.slot);
  }

  /** Whose turn it is. */
  first(): KeyRecord | undefined {
    const slot = this.outer.first();
    if (slot < 0) return undefined;
    return this.cohorts.at(slot).members.at(this.inners.get(slot)?.rota.first() ?? 0);
  }

  /** Epoch ms of the first return; Infinity for none that time alone brings back. */
  nextReturn(): number {
    const slot = this.alarms.first();
    return Math.min(this.outer.nextReturn(), slot < 0 ? Infinity : this.alarmOf(slot));
  }

  /** Whether the end of a call in flight may bring somebody back before. */
  get mayReturnEarly(): boolean {
    return this.tally.early > 0;
  }

  /** Frees those whose rest is over: at most a bounded number, but always one if there is any. */
  returnDue(now: number): void {
    for (let n = 0; n < MOST_RETURNS && this.outer.nextReturn() <= now; n += 1) {
      this.cohortBack(this.cohorts.at(this.outer.firstResting()));
    }
    for (let n = 0; n < MOST_RETURNS; n += 1) {
      const slot = this.alarms.first();
      if (slot < 0 || this.alarmOf(slot) > now) return;
      const rota = this.inners.get(slot)!.rota;
      this.memberBack(this.cohorts.at(slot).members.at(rota.firstResting()));
    }
  }

  restCohort(cohort: Cohort, until: number, early: boolean): void {
    this.shortage.remove(cohort.slot);
    this.outer.rest(cohort.slot, until, early);
  }

  /** The cohort rests for calls of so many tokens and above. */
  restShort(cohort: Cohort, until: number, early: boolean, tokens: number): void {
    this.outer.rest(cohort.slot, until, early);
    this.shortage.add(cohort.slot, tokens);
  }

  /** Wakes one cohort that was too short of tokens for a bigger call; false when there is none. */
  wakeShort(tokens: number): boolean {
    const slot = this.shortage.firstAbove(tokens);
    if (slot >= 0) this.cohortBack(this.cohorts.at(slot));
    return slot >= 0;
  }

  restKey(key: KeyRecord, until: number, early: boolean): void {
    const cohort = key.cohort!;
    const inner = this.inners.get(cohort.slot);
    if (!inner) return this.restCohort(cohort, until, early);
    inner.rota.rest(key.index, until, early);
    this.refresh(cohort, inner);
  }

  /** The key may be free: it is looked at again when its turn comes. */
  wakeKey(key: KeyRecord): void {
    const cohort = key.cohort!;
    const inner = this.inners.get(cohort.slot);
    if (!inner) return this.wakeCohort(cohort);
    if (inner.rota.isResting(key.index)) this.memberBack(key);
  }

  wakeCohort(cohort: Cohort): void {
    if (this.outer.isResting(cohort.slot)) this.cohortBack(cohort);
  }

  /** Passes over the key for this call; `putBack` undoes it. */
  setAside(key: KeyRecord): void {
    const cohort = key.cohort!;
    const inner = this.inners.get(cohort.slot);
    if (!inner) return this.outer.sendAway(cohort.slot);
    inner.rota.sendAway(key.index);
    this.refresh(cohort, inner);
  }

  putBack(key: KeyRecord): void {
    const cohort = key.cohort!;
    const inner = this.inners.get(cohort.slot);
    if (!inner) return this.outer.release(cohort.slot);
    inner.rota.release(key.index);
    this.refresh(cohort, inner);
  }

  /** The key was lent. `inTurn`: nobody was passed over for it. */
  charge(key: KeyRecord, inTurn: boolean): void {
    const cohort = key.cohort!;
    const inner = this.inners.get(cohort.slot);
    const pass = inner ? inner.rota.passOf(key.index) + inner.shift : this.outer.passOf(cohort.slot);
    if (inTurn && pass > this.floorOf(cohort)) this.floors.set(cohort.tier, pass);
    this.setPass(key, pass + this.policy.step(key.weight));
  }

  /** The key's load changed, or whether it is sound: a sound key does not catch up on the turns it missed. */
  rerank(key: KeyRecord): void {
    const cohort = key.cohort!;
    const inner = this.inners.get(cohort.slot);
    const pass = inner ? inner.rota.passOf(key.index) + inner.shift : this.outer.passOf(cohort.slot);
    this.setPass(key, this.policy.comeBack(pass, this.floorOf(cohort), key.weight));
  }

  private setPass(key: KeyRecord, pass: number): void {
    const cohort = key.cohort!;
    const inner = this.inners.get(cohort.slot);
    if (!inner) return this.rankOuter(cohort, key, pass);
    this.rankInner(inner, key, pass - inner.shift);
    this.refresh(cohort, inner);
  }

  private rankOuter(cohort: Cohort, first: KeyRecord, pass: number): void {
    const tier = first.isShaky ? cohort.tier - BEHIND_ALL : cohort.tier;
    this.outer.rank(cohort.slot, tier, this.policy.lead(first), pass);
  }

  private rankInner(inner: Inner, key: KeyRecord, pass: number): void {
    inner.rota.rank(key.index, key.isShaky ? -1 : 0, this.policy.lead(key), pass);
  }

  private floorOf(cohort: Cohort): number {
    return this.floors.get(cohort.tier) ?? 0;
  }

  private alarmOf(slot: number): number {
    return this.inners.get(slot)?.rota.nextReturn() ?? Infinity;
  }

  /** A second member comes: from now on the cohort's members take turns inside it. */
  private widen(cohort: Cohort): Inner {
    const inner: Inner = { rota: new Rota(this.tally), shift: 0 };
    this.inners.set(cohort.slot, inner);
    const first = cohort.members.at(0);
    this.rankInner(inner, first, this.outer.passOf(cohort.slot));
    inner.rota.release(first.index);
    this.outer.sendAway(cohort.slot);
    return inner;
  }

  /** After any change inside a cohort: its turn is that of its first free member. */
  private refresh(cohort: Cohort, inner: Inner): void {
    if (inner.rota.nextReturn() < Infinity) this.alarms.add(cohort.slot);
    else this.alarms.remove(cohort.slot);
    if (this.outer.isResting(cohort.slot)) return;
    const first = inner.rota.first();
    if (first < 0) return this.outer.sendAway(cohort.slot);
    this.rankOuter(cohort, cohort.members.at(first), inner.rota.passOf(first) + inner.shift);
    this.outer.release(cohort.slot);
  }

  private cohortBack(cohort: Cohort): void {
    this.shortage.remove(cohort.slot);
    const inner = this.inners.get(cohort.slot);
    const floor = this.floorOf(cohort);
    if (!inner) {
      const key = cohort.members.at(0);
      const pass = this.policy.comeBack(this.outer.passOf(cohort.slot), floor, key.weight);
      this.rankOuter(cohort, key, pass);
      return this.outer.release(cohort.slot);
    }
    this.outer.sendAway(cohort.slot);
    const first = inner.rota.first();
    if (first >= 0) inner.shift += Math.max(0, floor - inner.shift - inner.rota.passOf(first));
    this.refresh(cohort, inner);
  }

  private memberBack(key: KeyRecord): void {
    const cohort = key.cohort!;
    const inner = this.inners.get(cohort.slot)!;
    const floor = this.floorOf(cohort) - inner.shift;
    const pass = this.policy.comeBack(inner.rota.passOf(key.index), floor, key.weight);
    this.rankInner(inner, key, pass);
    inner.rota.release(key.index);
    this.refresh(cohort, inner);
  }
}
