import { Injectable } from '@nestjs/common';

/** Retries under way may be this share of the calls in flight. */
const SHARE = 0.2;
const LEAST = 3;

interface InFlight {
  calls: number;
  retries: number;
}

/**
 * Bounds what a failing upstream gets on top of its traffic: retries after upstream-blamed failures, at most
 * 20 % of the calls in flight, but at least 3. Going on with another key after a key-blamed failure is not a
 * retry in this sense. Each `began` is followed by one `ended`.
 */
@Injectable()
export class RetryBudget {
  private readonly upstreams = new Map<string, InFlight>();

  began(upstreamId: string): void {
    this.of(upstreamId).calls++;
  }

  ended(upstreamId: string): void {
    const inFlight = this.of(upstreamId);
    inFlight.calls--;
    // Upstreams come and go; idle ones leave nothing behind.
    if (inFlight.calls <= 0 && inFlight.retries <= 0) this.upstreams.delete(upstreamId);
  }

  mayRetry(upstreamId: string): boolean {
    const { calls, retries } = this.of(upstreamId);
    return retries < Math.max(LEAST, Math.floor(calls * SHARE));
  }

  retryBegan(upstreamId: string): void {
    this.of(upstreamId).retries++;
  }

  retryEnded(upstreamId: string): void {
    const inFlight = this.of(upstreamId);
    inFlight.retries = Math.max(0, inFlight.retries - 1);
  }

  private of(upstreamId: string): InFlight {
    let inFlight = this.upstreams.get(upstreamId);
    if (!inFlight) this.upstreams.set(upstreamId, (inFlight = { calls: 0, retries: 0 }));
    return inFlight;
  }
}
