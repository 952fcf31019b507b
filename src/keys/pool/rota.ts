import { IndexedHeap, nextCapacity } from './indexed-heap.js';

/** How many resting entries of a lane may come back before their time, by the end of a call in flight. */
export interface EarlyTally {
  early: number;
}

/**
 * One level of a lane: entries (small integers) that are free, ordered by whose turn it is, and entries that
 * rest, ordered by when they come back. An entry that is in neither is away (it has nobody to send).
 */
export class Rota {
  /** Higher goes first. */
  private tier = new Int32Array(0);
  /** Within a tier, lower goes first: the load for `least_in_flight`, the age for `sequential`, else 0. */
  private lead = new Float64Array(0);
  /** Then the lower pass: the virtual time of the entry's next turn. */
  private pass = new Float64Array(0);
  private returnAt = new Float64Array(0);
  private isEarly = new Uint8Array(0);
  /** Entries with a tier or a lead: none in most pools, and then the pass alone has to be looked at. */
  private uneven = 0;
  private readonly free = new IndexedHeap((a, b) => this.goesBefore(a, b));
  private readonly resting = new IndexedHeap((a, b) => this.returnAt[a]! < this.returnAt[b]!);

  constructor(private readonly tally: EarlyTally) {}

  /** Whose turn it is, or -1. */
  first(): number {
    return this.free.first();
  }

  /** When the first resting entry comes back; Infinity for none. */
  nextReturn(): number {
    const slot = this.resting.first();
    return slot < 0 ? Infinity : this.returnAt[slot]!;
  }

  /** The resting entry that comes back first, or -1. */
  firstResting(): number {
    return this.resting.first();
  }

  isResting(slot: number): boolean {
    return this.resting.has(slot);
  }

  isFree(slot: number): boolean {
    return this.free.has(slot);
  }

  passOf(slot: number): number {
    return this.pass[slot]!;
  }

  /** Sets whose turn comes when; the entry stays where it is (free, resting or away). */
  rank(slot: number, tier: number, lead: number, pass: number): void {
    if (slot >= this.pass.length) this.grow(slot + 1);
    if (this.uneven > 0 || tier !== 0 || lead !== 0) this.rankUneven(slot, tier, lead);
    this.pass[slot] = pass;
    this.free.moved(slot);
  }

  release(slot: number): void {
    this.stopResting(slot);
    this.free.add(slot);
  }

  rest(slot: number, until: number, early: boolean): void {
    this.free.remove(slot);
    this.stopResting(slot);
    this.returnAt[slot] = until;
    if (early) {
      this.isEarly[slot] = 1;
      this.tally.early += 1;
    }
    this.resting.add(slot);
  }

  /** Neither free nor resting. */
  sendAway(slot: number): void {
    this.free.remove(slot);
    this.stopResting(slot);
  }

  copy(other: Rota): void {
    this.tier = other.tier.slice();
    this.lead = other.lead.slice();
    this.uneven = other.uneven;
    this.pass = other.pass.slice();
    this.returnAt = other.returnAt.slice();
    this.isEarly = other.isEarly.slice();
    this.free.copy(other.free);
    this.resting.copy(other.resting);
  }

  private stopResting(slot: number): void {
    if (this.isEarly[slot] === 1) {
      this.isEarly[slot] = 0;
      this.tally.early -= 1;
    }
    this.resting.remove(slot);
  }

  private rankUneven(slot: number, tier: number, lead: number): void {
    if (this.isUneven(slot)) this.uneven -= 1;
    this.tier[slot] = tier;
    this.lead[slot] = lead;
    if (this.isUneven(slot)) this.uneven += 1;
  }

  private isUneven(slot: number): boolean {
    return this.tier[slot] !== 0 || this.lead[slot] !== 0;
  }

  private goesBefore(a: number, b: number): boolean {
    return this.uneven > 0 ? this.ranksBefore(a, b) : this.passesBefore(a, b);
  }

  private ranksBefore(a: number, b: number): boolean {
    const tier = this.tier[a]! - this.tier[b]!;
    if (tier !== 0) return tier > 0;
    const lead = this.lead[a]! - this.lead[b]!;
    return lead !== 0 ? lead < 0 : this.passesBefore(a, b);
  }

  private passesBefore(a: number, b: number): boolean {
    const pass = this.pass[a]! - this.pass[b]!;
    return pass !== 0 ? pass < 0 : a < b;
  }

  private grow(least: number): void {
    const capacity = nextCapacity(this.pass.length, least);
    this.tier = extend(new Int32Array(capacity), this.tier);
    this.lead = extend(new Float64Array(capacity), this.lead);
    this.pass = extend(new Float64Array(capacity), this.pass);
    this.returnAt = extend(new Float64Array(capacity), this.returnAt);
    this.isEarly = extend(new Uint8Array(capacity), this.isEarly);
  }
}

function extend<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from);
  return to;
}
