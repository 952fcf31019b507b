import { dayIn } from './calendar.js';

/** Slots that make up one window. One more is kept as allowance for travel time, one is being filled. */
const SLOTS = 80;
const RING = SLOTS + 2;

/**
 * Rounds of the ring that are taken from the numbers of slots, which so are V8's small integers: those lie in their
 * object, and what is left of a division by the ring is found at once.
 */
const FAR = RING * 26_000_000;

/**
 * Counts what happened in the last `windowMs` milliseconds, by slots of an eightieth of it. An amount counts for
 * 1 to 2 slots longer than the window, so no window that an upstream may lay over the calls (even one that
 * begins a slot later, because a call travels) holds more than was allowed; the price is at most 2.5 % of the
 * limit. The ring of slots is made when the first amount comes. Several kinds of amounts lie beside each other in
 * it: where there are thousands of windows, a call fetches each from far away.
 */
export class SlidingWindow {
  /** The total of each kind, then of each slot its amount of each. An array, which takes less than one for numbers alone. */
  private ring: number[] | undefined;
  /** Number of the slot that is being filled, less FAR. */
  private head = -FAR;
  private readonly slotMs: number;

  /** @param kinds of amounts that it counts, from 0 on */
  constructor(
    windowMs = 60_000,
    private readonly kinds = 1,
  ) {
    this.slotMs = windowMs / SLOTS;
  }

  add(n: number, now: number, kind = 0): void {
    this.advance(now);
    this.ring ??= new Array<number>((RING + 1) * this.kinds).fill(0);
    this.change(this.ring, this.head, kind, n);
  }

  /**
   * Takes back up to `n` of what was added at `at`, for an amount that turned out smaller than was reserved.
   * What has left the window already stays out of it.
   */
  takeBack(n: number, at: number, now: number, kind = 0): void {
    this.advance(now);
    const slot = Math.min(this.slotAt(at), this.head);
    if (!this.ring || slot <= this.head - RING) return;
    this.change(this.ring, slot, kind, -Math.min(n, this.ring[this.place(slot) + kind]!));
  }

  used(now: number, kind = 0): number {
    this.advance(now);
    return this.total(kind);
  }

  /**
   * When `need` more fits below `limit` if nothing else is added: `now`, or the epoch millisecond at which enough
   * has left the window. A need above the limit itself fits once the window is empty.
   */
  readyAt(limit: number, need: number, now: number, kind = 0): number {
    this.advance(now);
    const room = Math.max(0, limit - need);
    let left = this.total(kind);
    if (!this.ring || left <= room) return now;
    for (let slot = Math.max(-FAR, this.head - RING + 1); slot <= this.head; slot += 1) {
      left -= this.ring[this.place(slot) + kind]!;
      if (left <= room) return this.endOf(slot, now);
    }
    return this.endOf(this.head, now);
  }

  private total(kind: number): number {
    return this.ring ? this.ring[kind]! : 0;
  }

  private change(ring: number[], slot: number, kind: number, by: number): void {
    ring[this.place(slot) + kind]! += by;
    ring[kind]! += by;
  }

  private slotAt(now: number): number {
    return Math.floor(now / this.slotMs) - FAR;
  }

  /** Where a slot begins in the ring. */
  private place(slot: number): number {
    const at = slot % RING;
    return ((at < 0 ? at + RING : at) + 1) * this.kinds;
  }

  private endOf(slot: number, now: number): number {
    return Math.max(now + 1, Math.ceil((slot + FAR + RING) * this.slotMs));
  }

  private advance(now: number): void {
    const slot = this.slotAt(now);
    if (slot === this.head) return;
    // A clock that was set back a little goes on in the newest slot; after a long way back we start anew.
    if (slot < this.head && slot > this.head - RING) return;
    if (this.ring) this.empty(this.ring, slot);
    this.head = slot;
  }

  /** Empties the slots that are filled anew up to that one. */
  private empty(ring: number[], upTo: number): void {
    if (upTo >= this.head + RING || upTo < this.head) {
      ring.fill(0);
      return;
    }
    for (let passed = this.head + 1; passed <= upTo; passed += 1) {
      for (let kind = 0; kind < this.kinds; kind += 1)
        this.change(ring, passed, kind, -ring[this.place(passed) + kind]!);
    }
  }
}

/**
 * Counts what happened in the calendar day of a time zone. It never goes back to an earlier day: for a clock that
 * was set back over midnight the day that has begun goes on.
 */
export class DayWindow {
  private count = 0;
  private current = '';
  private endsAt = -Infinity;
  private startsAt = Infinity;

  /** @param zone IANA time zone in which the day turns, e.g. `America/Los_Angeles`. */
  constructor(readonly zone: string) {}

  /** A negative amount gives back; the count never falls below zero. */
  add(n: number, now: number): void {
    this.turn(now);
    this.count = Math.max(0, this.count + n);
  }

  used(now: number): number {
    this.turn(now);
    return this.count;
  }

  /** Epoch milliseconds of the next midnight. */
  resetsAt(now: number): number {
    this.turn(now);
    return this.endsAt;
  }

  /** Epoch milliseconds of the running day's first instant. */
  startedAt(now: number): number {
    this.turn(now);
    return this.startsAt;
  }

  /** `YYYY-MM-DD` in the zone. */
  day(now: number): string {
    this.turn(now);
    return this.current;
  }

  /** Takes over a count from before a restart; it holds only if that day is still running. */
  restore(day: string, count: number): void {
    if (day === this.current) {
      this.count = Math.max(this.count, count);
    } else if (day > this.current) {
      this.current = day;
      this.count = count;
      this.startsAt = Infinity;
    }
  }

  private turn(now: number): void {
    if (now < this.endsAt && now >= this.startsAt) return;
    const { day, startsAt, endsAt } = dayIn(this.zone, now);
    if (day < this.current) return;
    if (day !== this.current) {
      this.current = day;
      this.count = 0;
    }
    this.startsAt = startsAt;
    this.endsAt = endsAt;
  }
}
