import { Injectable } from '@nestjs/common';
import { Breaker, type BreakerState } from './breaker-state.js';

export type { BreakerState } from './breaker-state.js';

export type BreakerListener = (upstreamId: string, state: BreakerState) => void;

/** One breaker per upstream. `now` is epoch milliseconds throughout. */
@Injectable()
export class Breakers {
  private readonly breakers = new Map<string, Breaker>();
  private readonly listeners: BreakerListener[] = [];

  /**
   * Asks to make a call: undefined when it may, else the milliseconds until it may. In the half-open state this
   * takes the one probe; ask only for a call that will be made, and `forgo` it when it was not. To merely look,
   * use `state`.
   */
  closedFor(upstreamId: string, now: number): number | undefined {
    return this.breakers.get(upstreamId)?.closedFor(now);
  }

  /**
   * Notes how an attempt ended. `good` is false for verdicts that blame the upstream and only for these: a
   * refused key proves that the upstream answers. The breaker stays closed as long as some key of the pool is known
   * to work; after a failure of no key in particular none is, until it works again.
   */
  record(upstreamId: string, good: boolean, now: number, keyId?: string): void {
    let breaker = this.breakers.get(upstreamId);
    if (!breaker) this.breakers.set(upstreamId, (breaker = new Breaker()));
    const before = breaker.current;
    breaker.record(good, now, keyId);
    if (breaker.current === before) return;
    for (const listener of this.listeners) listener(upstreamId, breaker.current);
  }

  /** Gives back a probe that came to nothing without asking the upstream (no key was free). */
  forgo(upstreamId: string): void {
    this.breakers.get(upstreamId)?.forgo();
  }

  state(upstreamId: string, now: number): BreakerState {
    return this.breakers.get(upstreamId)?.state(now) ?? 'closed';
  }

  /** Forgets an upstream: it was deleted, or its address has changed. */
  drop(upstreamId: string): void {
    this.breakers.delete(upstreamId);
  }

  /** Hears of openings and closings; the step to half-open is the passing of time and not told. */
  onChange(listener: BreakerListener): void {
    this.listeners.push(listener);
  }
}
