import { DayWindow, SlidingWindow } from '../kernel/windows.js';

/** What of a token's usage outlives a restart. */
export interface StoredUsage {
  /** US dollars since the token was made. */
  readonly spent: number;
  /** Calls of one day, UTC. */
  readonly day: { readonly day: string; readonly count: number } | null;
}

/** What was used since it was last written down. */
export interface UsageDelta {
  readonly tokenId: string;
  readonly spent: number;
  readonly calls: number;
  /** The day of `calls`, UTC. */
  readonly day: string;
  /** Epoch milliseconds; undefined where the stored time is still near enough. */
  readonly lastUsedAt: number | undefined;
}

/** A stored `lastUsedAt` may lie this far behind: it answers "is anybody using this?", not "who called when?". */
const LAST_USED_STEP_MS = 60_000;

/** What one token has used and what is in flight; in memory, on this instance. */
export class TokenUsage {
  readonly requests = new SlidingWindow();
  readonly tokens = new SlidingWindow();
  readonly day = new DayWindow('UTC');
  inFlight = 0;
  spent = 0;
  #pendingSpent = 0;
  #pendingCalls = 0;
  #lastUsedAt = 0;
  #storedLastUsedAt = 0;

  constructor(readonly tokenId: string) {}

  restore(stored: StoredUsage): void {
    this.spent = stored.spent;
    if (stored.day) this.day.restore(stored.day.day, stored.day.count);
  }

  touch(now: number): void {
    this.#lastUsedAt = now;
  }

  countDay(now: number): void {
    this.day.add(1, now);
    this.#pendingCalls++;
  }

  /** The call that was counted is not made after all. */
  uncountDay(now: number): void {
    this.day.add(-1, now);
    this.#pendingCalls = Math.max(0, this.#pendingCalls - 1);
  }

  addCost(dollars: number): void {
    this.spent += dollars;
    this.#pendingSpent += dollars;
  }

  /** What is to be written down, which then counts as written; undefined where nothing is. */
  takeDelta(now: number): UsageDelta | undefined {
    const moved = this.#lastUsedAt - this.#storedLastUsedAt >= LAST_USED_STEP_MS;
    if (this.#pendingCalls === 0 && this.#pendingSpent === 0 && !moved) return undefined;
    const delta = {
      tokenId: this.tokenId,
      spent: this.#pendingSpent,
      calls: this.#pendingCalls,
      day: this.day.day(now),
      lastUsedAt: moved ? this.#lastUsedAt : undefined,
    };
    this.#pendingSpent = 0;
    this.#pendingCalls = 0;
    if (moved) this.#storedLastUsedAt = this.#lastUsedAt;
    return delta;
  }

  /** Takes back a delta that could not be written. */
  putBack(delta: UsageDelta): void {
    this.#pendingSpent += delta.spent;
    this.#pendingCalls += delta.calls;
    if (delta.lastUsedAt !== undefined) this.#storedLastUsedAt = 0;
  }
}
