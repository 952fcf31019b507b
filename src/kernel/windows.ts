import { dayIn } from './calendar.js';

/** Slots that make up one window. One more is kept as allowance for travel time, one is being filled. */
const SLOTS = 80;
const RING = SLOTS + 2;

/**
 * Counts what happened in the last `windowMs` milliseconds, by slots of an eightieth of it. An amount counts for
 * 1 to 2 slots longer than the window, so no window that an upstream may lay over the calls (even one that
 * begins a slot later, because a call travels) holds more than was allowed; the price is at most 2.5 % of the
 * limit. The ring of slots is made when the first amount comes.
 */
export class SlidingWindow {
  private ring: Float64Array | undefined;
  private total = 0;
  /** Number of the slot that is being filled. */
  private head = 0;
  private readonly slotMs: number;

  constructor(windowMs = 60_000) {
    this.slotMs = windowMs / SLOTS;
  }

  add(n: number, now: number): void {
    this.advance(now);
    this.ring ??= new Float64Array(RING);
    const at = this.head % RING;
    this.ring[at] = (this.ring[at] ?? 0) + n;
    this.total += n;
  }

  /**
   * Takes back up to `n` of what was added at `at`, for an amount that turned out smaller than was reserved.
   * What has left the window already stays out of it.
   */
  takeBack(n: number, at: number, now: number): void {
    this.advance(now);
    const slot = Math.min(Math.floor(at / this.slotMs), this.head);
    if (!this.ring || slot <= this.head - RING) return;
    const held = this.ring[slot % RING] ?? 0;
    const taken = Math.min(n, held);
    this.ring[slot % RING] = held - taken;
    this.total -= taken;
  }

  used(now: number): number {
    this.advance(now);
    return this.total;
  }

  /**
   * When `need` more fits below `limit` if nothing else is added: `now`, or the epoch millisecond at which enough
   * has left the window. A need above the limit itself fits once the window is empty.
   */
  readyAt(limit: number, need: number, now: number): number {
    this.advance(now);
    const room = Math.max(0, limit - need);
    if (!this.ring || this.total <= room) return now;
    let left = this.total;
    for (let slot = this.head - RING + 1; slot <= this.head; slot += 1) {
      if (slot < 0) continue;
      left -= this.ring[slot % RING] ?? 0;
      if (left <= room) return this.endOf(slot, now);
    }
    return this.endOf(this.head, now);
  }

  private endOf(slot: number, now: number): number {
    return Math.max(now + 1, Math.ceil((slot + RING) * this.slotMs));
  }

  private advance(now: number): void {
    const slot = Math.floor(now / this.slotMs);
    if (slot === this.head) return;
    // A clock that was set back a little goes on in the newest slot; after a long way back we start anew.
    if (slot < this.head && slot > this.head - RING) return;
    const { ring } = this;
    if (!ring || this.total === 0 || slot >= this.head + RING || slot < this.head) {
      ring?.fill(0);
      this.total = 0;
    } else {
      for (let passed = this.head + 1; passed <= slot; passed += 1) {
        this.total -= ring[passed % RING] ?? 0;
        ring[passed % RING] = 0;
      }
    }
    this.head = slot;
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
