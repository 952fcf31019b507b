import { DayWindow, SlidingWindow } from '../../kernel/windows.js';
import type { PlannedLimit } from './limit-plan.js';

/** What is counted in a minute. */
const REQUESTS = 0;
const TOKENS = 1;

/** What a quota group (or lone key) has used of its limits for one pattern of models. */
export class Bucket {
  inFlight = 0;
  private minute: SlidingWindow | undefined;
  private days: DayWindow | undefined;
  /** What the count over all instances says, epoch ms: before that no call passes at all. */
  private barredUntil = 0;
  /** And none of so many tokens. */
  private shortUntil = 0;
  private shortFrom = 0;
  private busyUntil = 0;

  /** Epoch ms until which no call at all passes, Infinity until a call in flight ends, 0 for none. */
  fullUntil(limit: PlannedLimit, now: number): number {
    if (limit.concurrency !== undefined && this.inFlight >= limit.concurrency) return Infinity;
    let until = now;
    const { minute } = this;
    if (limit.rpm !== undefined && minute) until = minute.readyAt(limit.rpm, 1, now, REQUESTS);
    if (limit.tpm !== undefined && minute) {
      until = Math.max(until, minute.readyAt(limit.tpm, 1, now, TOKENS));
    }
    if (limit.rpd !== undefined && this.days && this.days.used(now) >= limit.rpd) {
      until = Math.max(until, this.days.resetsAt(now));
    }
    until = Math.max(until, this.barredUntil, this.busyUntil);
    return until > now ? until : 0;
  }

  /** Whether calls of other instances fill it, so that the end of one may free it at any time. */
  isBusyElsewhere(now: number): boolean {
    return this.busyUntil > now;
  }

  /** Takes over what the count over all instances says; a bar that is known and longer stays. */
  bar(until: number): void {
    this.barredUntil = Math.max(this.barredUntil, until);
  }

  barTokens(tokens: number, until: number, now: number): void {
    this.shortFrom = this.shortUntil > now ? Math.min(this.shortFrom, tokens) : tokens;
    this.shortUntil = Math.max(this.shortUntil, until);
  }

  barBusy(until: number): void {
    this.busyUntil = until;
  }

  clearBars(): void {
    this.barredUntil = 0;
    this.shortUntil = 0;
    this.busyUntil = 0;
  }

  /** When a call of so many tokens fits; `now` where it does. More than the limit itself fits an empty window. */
  fitsAt(limit: PlannedLimit, tokens: number, now: number): number {
    if (limit.tpm === undefined) return now;
    const until = this.minute?.readyAt(limit.tpm, tokens, now, TOKENS) ?? now;
    return this.shortUntil > until && tokens >= this.shortFrom ? this.shortUntil : until;
  }

  reserve(limit: PlannedLimit, tokens: number, zone: string, now: number): void {
    this.inFlight += 1;
    if (limit.rpm !== undefined) this.inMinute().add(1, now, REQUESTS);
    if (limit.tpm !== undefined) this.inMinute().add(tokens, now, TOKENS);
    if (limit.rpd !== undefined) this.dayIn(zone).add(1, now);
  }

  /** Adds the tokens that the estimate fell short of, or takes the surplus back from where it was reserved. */
  correctTokens(limit: PlannedLimit, difference: number, reservedAt: number, now: number): void {
    if (limit.tpm === undefined) return;
    if (difference > 0) this.minute?.add(difference, now, TOKENS);
    else if (difference < 0) this.minute?.takeBack(-difference, reservedAt, now, TOKENS);
  }

  /** Gives the request back, of a call that was never sent. */
  takeBackRequest(limit: PlannedLimit, reservedAt: number, now: number): void {
    if (limit.rpm !== undefined) this.minute?.takeBack(1, reservedAt, now, REQUESTS);
    if (limit.rpd !== undefined && this.days && reservedAt >= this.days.startedAt(now))
      this.days.add(-1, now);
  }

  usage(limit: PlannedLimit, now: number) {
    return {
      ...(limit.pattern === '*' ? {} : { models: limit.pattern }),
      ...(limit.rpm === undefined ? {} : { rpm: this.minute?.used(now, REQUESTS) ?? 0 }),
      ...(limit.tpm === undefined ? {} : { tpm: this.minute?.used(now, TOKENS) ?? 0 }),
      ...(limit.rpd === undefined ? {} : { rpd: this.days?.used(now) ?? 0 }),
      ...(limit.concurrency === undefined ? {} : { inFlight: this.inFlight }),
    };
  }

  /** What this process has used within the windows. */
  used(now: number): { requests: number; tokens: number } {
    return { requests: this.minute?.used(now, REQUESTS) ?? 0, tokens: this.minute?.used(now, TOKENS) ?? 0 };
  }

  /** The running day's count, for the store; undefined where nothing is counted. */
  dayCount(now: number): { day: string; count: number } | undefined {
    const count = this.days?.used(now) ?? 0;
    return this.days && count > 0 ? { day: this.days.day(now), count } : undefined;
  }

  /** All instances together have made so many calls in the running day. */
  raiseDay(count: number, now: number): void {
    if (this.days) this.days.restore(this.days.day(now), count);
  }

  restoreDay(zone: string, day: string, count: number): void {
    this.dayIn(zone).restore(day, count);
  }

  /** The rules moved the provider's day to another zone: what is counted stays, where it is still that day. */
  moveDay(zone: string, now: number): void {
    if (!this.days || this.days.zone === zone) return;
    const kept = this.dayCount(now);
    this.days = new DayWindow(zone);
    if (kept) this.days.restore(kept.day, kept.count);
  }

  private inMinute(): SlidingWindow {
    return (this.minute ??= new SlidingWindow(60_000, 2));
  }

  private dayIn(zone: string): DayWindow {
    return (this.days ??= new DayWindow(zone));
  }
}
